"""Which drafts a draft may see: those before it, never by the order in which replies come."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

BEHIND = 2048  # drafts that may be undecided, at most: benchmarks/window.py

Item = TypeVar("Item")


def window(number: int) -> int:
    """How many of the first drafts must be decided before this one begins: it sees what those gave."""
    return max(number // 2, number - BEHIND)


class First(Sequence[Item]):
    """The first of a list that grows, without a copy."""

    def __init__(self, items: list[Item], count: int):
        self._items, self._count = items, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        return islice(self._items, self._count)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item]:
        if isinstance(at, slice):
            return [self._items[number] for number in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        return self._items[at if at >= 0 else at + self._count]
