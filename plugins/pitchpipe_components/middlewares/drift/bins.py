"""The bins of a feature, found in its reference: stretches of numbers with as many rows each, or names."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

MOST = 10  # stretches of numbers
RARE = 0.01  # of all rows: a name with fewer is one of the others


class NumberBins(Struct, tag="numbers"):
    """Bins of numbers: each begins at an edge, the first one below all edges."""

    edges: list[float]

    @classmethod
    def of(cls, values: Sequence[float]) -> "NumberBins":
        ordered = sorted(values)
        found = {ordered[number * len(ordered) // MOST] for number in range(1, MOST)}
        return cls(sorted(found - {ordered[0]}))

    def __len__(self) -> int:
        return len(self.edges) + 1

    def place(self, value: float) -> int:
        return bisect_right(self.edges, value)

    def label(self, place: int) -> str:
        if not self.edges:
            return "any"
        if place == 0:
            return f"below {self.edges[0]:,g}"
        low = f"{self.edges[place - 1]:,g}"
        return f"{low} and more" if place == len(self.edges) else f"{low} to {self.edges[place]:,g}"


class NameBins(Struct, tag="names"):
    """A bin for each name that is not rare, and one for all others."""

    names: list[str]

    @classmethod
    def of(cls, values: Sequence[str]) -> "NameBins":
        counts = Counter(values)
        return cls(sorted(name for name, count in counts.items() if count >= RARE * len(values)))

    def __len__(self) -> int:
        return len(self.names) + 1

    def place(self, value: str) -> int:
        return self.names.index(value) if value in self.names else len(self.names)

    def label(self, place: int) -> str:
        return self.names[place] if place < len(self.names) else "others"
