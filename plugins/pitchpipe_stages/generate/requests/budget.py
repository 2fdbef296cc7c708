"""What a run's teachers may take, and what they have taken."""

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

    def __sub__(self, other: "Charge") -> "Charge":
        return Charge(
            self.dollars - other.dollars, self.requests - other.requests, self.tokens - other.tokens
        )

    def fits(self, budget: Budget) -> bool:
        pairs = (
            (self.dollars, budget.dollars),
            (self.requests, budget.requests),
            (self.tokens, budget.tokens),
        )
        return all(most is None or taken <= most for taken, most in pairs)
