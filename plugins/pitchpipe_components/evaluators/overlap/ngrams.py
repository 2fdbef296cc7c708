"""How many runs of n words, or of n characters, two texts share: of many pairs of texts at once.

Each run becomes a number: the pair's own number, then a hash of 55 bits, then a bit that says in which of the
two texts it stands. Sorted, equal runs of a pair lie side by side. Two different runs of texts of 1,000 words
have one hash in one of 10^10 pairs.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.text.shingles import mixed

Array = NDArray[Any]
PAIRS = 256  # that are counted at once: their numbers have 8 bits
ITEMS = 1 << 14  # words or characters that are counted at once, if no pair has more: a processor's cache
_ODD = np.uint64(0x9E3779B97F4A7C15)

Pair = tuple[Array, Array]  # what is said, and what is expected: a number for each word or character


class Shared(NamedTuple):
    """For each pair, and each n from 1: how many runs are said, are expected, and are both."""

    said: Array
    expected: Array
    both: Array


def shared(pairs: Sequence[Pair], most: int) -> Shared:
    """The runs of up to `most` that pairs share. One that comes again counts as often as in both."""
    lengths = np.array([[len(side) for side in pair] for pair in pairs]).reshape(-1, 2, 1)
    said, expected = np.maximum(lengths - np.arange(most), 0).transpose(1, 0, 2)
    found = [_both(some, most) for some in _some(pairs)]
    return Shared(said, expected, np.concatenate(found) if found else np.zeros((0, most), np.int64))


def _some(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    some, items = list[Pair](), 0
    for pair in pairs:
        more = sum(map(len, pair))
        if some and (len(some) == PAIRS or items + more > ITEMS):
            yield some
            some, items = [], 0
        some.append(pair)
        items += more
    if some:
        yield some


def _both(pairs: list[Pair], most: int) -> Array:
    sides = [side for pair in pairs for side in pair]
    lengths = np.array(list(map(len, sides)))
    items = mixed(np.concatenate(sides).astype(np.uint64) + _ODD)
    owner = np.repeat(np.arange(len(sides), dtype=np.uint64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(items))  # in the same text, from each on
    found, runs = np.zeros((len(pairs), most), np.int64), items
    for size in range(1, most + 1):
        if size > 1:
            runs = runs[: len(items) - size + 1] * _ODD + items[size - 1 :]
        here = left[: len(runs)] >= size
        found[:, size - 1] = _counted(runs[here], owner[: len(runs)][here], len(pairs))
    return found


def _counted(runs: Array, owner: Array, pairs: int) -> Array:
    """Of each pair, how many runs stand on both sides."""
    keys = (
        ((owner >> np.uint64(1)) << np.uint64(56))
        | ((runs >> np.uint64(9)) << np.uint64(1))
        | (owner & np.uint64(1))
    )
    keys.sort()
    if not len(keys):
        return np.zeros(pairs, np.int64)
    each = keys >> np.uint64(1)
    starts = np.concatenate([[0], np.flatnonzero(each[1:] != each[:-1]) + 1])
    total = np.diff(starts, append=len(keys))
    expected = np.add.reduceat((keys & np.uint64(1)).astype(np.int64), starts)
    both = np.minimum(expected, total - expected)
    return np.bincount((keys[starts] >> np.uint64(56)).astype(np.int64), both, pairs).astype(np.int64)


def numbered(texts: Sequence[tuple[list[str], list[str]]]) -> list[Pair]:
    """A number for each word: the same for the same one."""
    numbers: dict[str, int] = {}

    def of(words: list[str]) -> Array:
        return np.array([numbers.setdefault(word, len(numbers)) for word in words], np.uint64)

    return [(of(said), of(expected)) for said, expected in texts]
