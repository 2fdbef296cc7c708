"""The budget: what was spent and what flying requests may cost at worst stay within it, always."""

import asyncio

from pitchpipe_stages.generate.requests.budget import Budget, Charge


class Purse:
    """Reserves the worst cost of a request before it is sent, and settles what it really cost."""

    def __init__(self, budget: Budget, spent: Charge):
        self.budget, self.spent = budget, spent
        self._flying: dict[int, Charge] = {}
        self._settled, self._next = asyncio.Event(), 0

    @property
    def reserved(self) -> Charge:
        return sum(self._flying.values(), Charge())

    async def reserve(self, worst: Charge) -> int | None:
        """A number to settle by; None where the budget has no room, not even when all that flies is back."""
        while not (self.spent + self.reserved + worst).fits(self.budget):
            if not self._flying:
                return None
            self._settled.clear()
            await self._settled.wait()
        self._next += 1
        self._flying[self._next] = worst
        return self._next

    def settle(self, number: int, cost: Charge) -> None:
        del self._flying[number]
        self.spent += cost
        self._settled.set()
