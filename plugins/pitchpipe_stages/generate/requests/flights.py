"""How many requests fly at once: fewer when a server is busy, more again while it answers."""

import asyncio
from collections import deque

LESS = 0.75  # of the flights, when a server has had enough
APART = 1.0  # seconds: what comes together is one sign


class Flights:
    """Gives leave to fly, in the order of those who wait. Times are those of the running loop. The first
    request flies alone: where its key or its model is wrong, no other need be sent."""

    def __init__(self, most: int):
        self.most, self.limit, self.flying = most, float(most), 0
        self.met = False  # whether anybody was met who may answer
        self._until, self._slowed = 0.0, -APART
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pause(self) -> float:
        """Seconds for which the server still wants no requests."""
        return max(0.0, self._until - asyncio.get_running_loop().time())

    async def take_off(self) -> None:
        """Waits until one more may fly."""
        if not self._waiting and self._is_free() and not self.pause:
            self.flying += 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._admit()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.land()
            raise

    def land(self) -> None:
        self.flying -= 1
        self._admit()

    def faster(self) -> None:
        """A reply came: one more flight for each round of replies."""
        self.met = True
        self.limit = min(self.most, self.limit + 1 / self.limit)

    def slower(self, after: float | None) -> None:
        """The server wants fewer requests, and none at all for so many seconds, if it said so."""
        self.met = True
        now = asyncio.get_running_loop().time()
        if now - self._slowed >= APART:
            self.limit, self._slowed = max(1.0, self.limit * LESS), now
        self._until = max(self._until, now + (after or 0.0))

    def wait_no_more(self) -> None:
        """Nobody need wait for the server: it is not asked any more."""
        self._until = 0.0
        self._admit()

    def _is_free(self) -> bool:
        return self.flying < (max(1, int(self.limit)) if self.met else 1)

    def _admit(self) -> None:
        while self._waiting and self._is_free():
            if pause := self.pause:
                self._ring_in(pause)
                return
            future = self._waiting.popleft()
            if not future.done():
                self.flying += 1
                future.set_result(None)

    def _ring_in(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._rung)

    def _rung(self) -> None:
        self._timer = None
        self._admit()


class Flight:
    """One that flies, from its beginning to its end; who lands before that lets another fly sooner."""

    def __init__(self, flights: Flights):
        self._flights, self._flies = flights, False

    async def __aenter__(self) -> "Flight":
        await self._flights.take_off()
        self._flies = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.land()

    def land(self) -> None:
        if self._flies:
            self._flies = False
            self._flights.land()
