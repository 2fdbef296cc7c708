"""A moment of the work of generators: how far each is, what came of it, what flies, what was spent."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Yielded:
    """What came of the candidates of one operator."""

    kept: int = 0
    candidates: int = 0


@dataclass
class AtWork:
    """One generator: it wants so many, or works through so many sources."""

    label: str
    total: int | None = None
    unit: str = "sources"
    done: int = 0
    state: str = "waits"  # "works", "done"
    operators: dict[str, Yielded] = field(default_factory=dict)
    why: Counter[str] = field(default_factory=Counter)

    def of(self, operator: str) -> Yielded:
        return self.operators.setdefault(operator, Yielded())

    @property
    def kept(self) -> int:
        return sum(one.kept for one in self.operators.values())

    @property
    def candidates(self) -> int:
        return sum(one.candidates for one in self.operators.values())


@dataclass(frozen=True)
class InFlight:
    """What flies to a teacher. `limit`: how many may, by what the server bears; `most`: by the recipe."""

    teacher: str
    flying: int = 0
    limit: int = 1
    most: int = 1
    wait: float = 0.0  # seconds in which nothing may be sent, since the server asked for it


@dataclass
class Moment:
    """All that the screen shows."""

    generators: list[AtWork]
    flights: list[InFlight] = field(default_factory=list)
    rate: float = 0.0  # replies a second, of the last ones
    known: int = 0  # replies that were on record
    spent: str = ""
    left: str = ""  # time, in words
    last: str = ""  # what was accepted last
