"""What every index of texts does: it tells the nearest one that is too near, and takes one more."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

LARGEST = 1 - 2**-53  # the largest number under 1: equal texts are too near under any limit


@dataclass(frozen=True)
class Near:
    """The text that is nearest to another, by its number in the order of adding, and how alike they are."""

    score: float
    index: int


class NoveltyIndex(Protocol):
    """Texts, numbered as they are added. What it says depends on nothing but the texts and their order."""

    def nearest(self, text: str, /, but: Container[int] = ()) -> Near | None:
        """The nearest text, of equally near ones the first; None if none is more alike than the limit.
        The texts of the numbers `but` do not count. A text without words is like no other."""

    def add(self, text: str, /) -> None: ...


def checked(limit: float) -> float:
    """The limit that scores must be above. With 1 only equal texts are too near."""
    if not 0 < limit <= 1:
        raise ValueError(f"the limit {limit:g} must be above 0, and 1 at most")
    return min(limit, LARGEST)
