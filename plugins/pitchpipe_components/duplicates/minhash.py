"""Computes MinHash band hashes, and lays out a sketch: its head, its shingles, its words.

The head is the rank, the bands' hashes of 64 bits, and how many shingles and words of the prompt there are.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.text.shingles import mixed, shingled
from pitchpipe_components.text.words import Of

Array = NDArray[Any]
RANK = 2  # 32-bit words of a sketch that hold its rank
COUNTS = 2  # and those that hold the number of its shingles and of the words that are asked
_AT_ONCE = 1 << 18  # characters to work on at a time, so that intermediate arrays fit the cache


def head(bands: int) -> int:
    """How many 32-bit words stand before a sketch's shingles."""
    return RANK + 2 * bands + COUNTS


class MinHash:
    """Applies `bands` x `rows` hash functions to sets; sets that share a band's hash are worth measuring."""

    def __init__(self, bands: int, rows: int, seed: int):
        self._bands, self._rows = bands, rows
        numbers = np.arange(1, bands * rows + 1, dtype=np.uint64) + np.uint64(seed << 32)
        self._factors = (mixed(numbers * np.uint64(0x9E3779B97F4A7C15)) >> 32).astype(np.uint32) | 1

    def sketches(self, texts: list[tuple[str, str]], ranks: list[float], ngram: int, of: Of) -> list[bytes]:
        sketches: list[bytes] = []
        for start, end in _batches(texts):
            sketches += self._batch(texts[start:end], np.array(ranks[start:end], np.float64), ngram, of)
        return sketches

    def _batch(self, texts: list[tuple[str, str]], ranks: Array, ngram: int, of: Of) -> list[bytes]:
        found, size = shingled(texts, ngram, of), head(self._bands)
        counts, present = found.counts, np.flatnonzero(found.counts)
        words = np.where(counts, found.asked + found.said, 0)
        sizes = np.where(counts, size + counts + words, 0)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        heads = starts[present][:, None] + np.arange(size)
        sketch = np.empty(sizes.sum(), np.uint32)
        sketch[spread(starts + size, counts)] = found.shingles
        said = np.repeat(counts > 0, found.asked + found.said)
        sketch[spread(starts + size + counts, words)] = found.words[said]
        sketch[heads[:, :RANK]] = ranks[present].view(np.uint32).reshape(-1, RANK)
        sketch[heads[:, RANK:-COUNTS]] = self.bands(counts[present], found.shingles).view(np.uint32)
        sketch[heads[:, -2]], sketch[heads[:, -1]] = counts[present], found.asked[present]
        data, borders = sketch.tobytes(), [0, *(4 * ends).tolist()]
        return [data[start:end] for start, end in pairwise(borders)]

    def bands(self, counts: Array, values: Array) -> Array:
        """Returns a row of band hashes for each set; each set must have values."""
        if not len(counts):
            return np.zeros((0, self._bands), np.uint64)
        starts = np.cumsum(counts) - counts
        least = np.empty((len(self._factors), len(counts)), np.uint32)
        hashed = np.empty_like(values)
        for factor, row in zip(self._factors, least, strict=True):
            np.multiply(values, factor, out=hashed)  # values are well mixed, so an odd factor suffices
            np.minimum.reduceat(hashed, starts, out=row)
        total = np.zeros((self._bands, len(counts)), np.uint64)
        for step in range(self._rows):
            total = mixed(total + least[step :: self._rows])
        return np.ascontiguousarray(total.T)


def spread(starts: Array, sizes: Array) -> Array:
    """The places of stretches: `starts` and as many after it as `sizes` says, of one after the other."""
    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())


def _batches(texts: list[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    start = size = 0
    for end, (asked, said) in enumerate(texts):
        size += len(asked) + len(said)
        if size > _AT_ONCE and end > start:
            yield start, end
            start, size = end, len(asked) + len(said)
    if texts:
        yield start, len(texts)
