"""The longest common subsequence of two lists of words."""

from collections.abc import Callable, Hashable, Iterable, Sequence


def longest_common(one: Sequence[Hashable], other: Iterable[Hashable]) -> int:
    """How many words it has."""
    return common_with(one)(other)


def common_with(one: Sequence[Hashable]) -> Callable[[Iterable[Hashable]], int]:
    """How many words it has with other lists. A row of the usual table is one number with a bit for each
    word of `one`, so that a step costs a few additions (Hyyrö 2004)."""
    places: dict[Hashable, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    full = (1 << len(one)) - 1

    def with_other(other: Iterable[Hashable]) -> int:
        row = full
        for word in other:
            if found := row & places.get(word, 0):
                row = ((row + found) | (row - found)) & full
        return len(one) - row.bit_count()

    return with_other
