"""The budget: what was spent and what flying requests may cost at worst stay within it, always."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from msgspec import Struct

from pitchpipe.host.options import Meta

Amount = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]


@dataclass(frozen=True)
class Budget:
    """The most that a run's teachers may take, all of them together, kills included."""

    dollars: Annotated[Amount | None, Meta(description="what requests may cost")] = None
    requests: Annotated[Count | None, Meta(description="requests that may be sent, retries included")] = None
    tokens: Annotated[Count | None, Meta(description="tokens that may be read and written")] = None

    def __str__(self) -> str:
        said = [f"${self.dollars:g}"] if self.dollars is not None else []
        said += [f"{self.requests:,} requests"] if self.requests is not None else []
        said += [f"{self.tokens:,} tokens"] if self.tokens is not None else []
        return ", ".join(said)


class Charge(Struct, frozen=True):
    """What requests cost."""

    dollars: float = 0.0
    requests: int = 0
    tokens: int = 0

    def __add__(self, other: "Charge") -> "Charge":
        return Charge(
            self.dollars + other.dollars, self.requests + other.requests, self.tokens + other.tokens
        )

    def fits(self, budget: Budget) -> bool:
        pairs = (
            (self.dollars, budget.dollars),
            (self.requests, budget.requests),
            (self.tokens, budget.tokens),
        )
        return all(most is None or taken <= most for taken, most in pairs)


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
