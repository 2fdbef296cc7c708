"""The budget: what was spent and what flying requests may cost at worst stay within it, always."""

import asyncio
from collections import deque

from pitchpipe_stages.generate.requests.budget import Budget, Charge

Number = int  # of a reservation, to settle it by
NOTHING = Charge()


class Purse:
    """Reserves the worst cost of a request before it is sent, and settles what it really cost."""

    def __init__(self, budget: Budget, spent: Charge):
        self.budget, self.spent, self.reserved = budget, spent, NOTHING
        self._flying: dict[Number, Charge] = {}
        self._waiting: deque[tuple[Charge, asyncio.Future[Number | None]]] = deque()
        self._next = 0

    async def reserve(self, worst: Charge) -> Number | None:
        """A number to settle by; None where the budget has no room, not even when all that flies is back."""
        if not self._waiting:
            if self._has_room(worst):
                return self._taken(worst)
            if not self._flying:
                return None
        future: asyncio.Future[Number | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((worst, future))
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and (number := future.result()):
                self.settle(number, NOTHING)
            raise

    def settle(self, number: Number, cost: Charge) -> None:
        worst = self._flying.pop(number)
        self.spent += cost
        # From nothing again whenever nothing flies: sums of floats stray.
        self.reserved = self.reserved - worst if self._flying else NOTHING
        self._admit()

    def _admit(self) -> None:
        """Those that wait, in their order, as far as there is room."""
        while self._waiting:
            worst, future = self._waiting[0]
            room = self._has_room(worst)
            if not room and self._flying and not future.done():
                return
            self._waiting.popleft()
            if not future.done():
                future.set_result(self._taken(worst) if room else None)

    def _has_room(self, worst: Charge) -> bool:
        return (self.spent + self.reserved + worst).fits(self.budget)

    def _taken(self, worst: Charge) -> Number:
        self._next += 1
        self._flying[self._next] = worst
        self.reserved += worst
        return self._next
