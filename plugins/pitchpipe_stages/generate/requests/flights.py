"""How many requests fly at once: fewer when a server is busy, more again while it answers."""

import asyncio

LESS = 0.75  # of the flights, when a server has had enough
APART = 1.0  # seconds: what comes together is one sign


class Flights:
    """Gives leave to fly. Times are those of the running loop."""

    def __init__(self, most: int):
        self.most, self.limit, self.flying = most, float(most), 0
        self._until, self._slowed = 0.0, -APART
        self._landed = asyncio.Event()

    async def take_off(self) -> None:
        """Waits until one more may fly."""
        clock = asyncio.get_running_loop().time
        while True:
            if (wait := self._until - clock()) > 0:
                await asyncio.sleep(wait)
            elif self.flying < max(1, int(self.limit)):
                self.flying += 1
                return
            else:
                self._landed.clear()
                await self._landed.wait()

    def land(self) -> None:
        self.flying -= 1
        self._landed.set()

    def faster(self) -> None:
        """A reply came: one more flight for each round of replies."""
        self.limit = min(self.most, self.limit + 1 / self.limit)

    def slower(self, after: float | None) -> None:
        """The server wants fewer requests, and none at all for so many seconds, if it said so."""
        now = asyncio.get_running_loop().time()
        if now - self._slowed >= APART:
            self.limit, self._slowed = max(1.0, self.limit * LESS), now
        self._until = max(self._until, now + (after or 0.0))
