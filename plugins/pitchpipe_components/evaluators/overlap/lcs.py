"""The longest common subsequence of two lists of words."""

from collections import defaultdict
from collections.abc import Sequence


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words it has. A row of the usual table is one number with a bit for each word of `one`, so
    that a step costs a few additions (Hyyrö 2004)."""
    places: defaultdict[str, int] = defaultdict(int)
    for at, word in enumerate(one):
        places[word] |= 1 << at
    full = row = (1 << len(one)) - 1
    for word in other:
        if found := row & places.get(word, 0):
            row = ((row + found) | (row - found)) & full
    return len(one) - row.bit_count()
