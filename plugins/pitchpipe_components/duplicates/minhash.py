"""Computes MinHash band hashes, and lays out a sketch: rank, bands, shingles."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.text.shingles import mixed, shingles

Array = NDArray[Any]
RANK = 2  # 32-bit words of a sketch that hold its rank
_AT_ONCE = 1 << 18  # characters to work on at a time, so that intermediate arrays fit the cache


class MinHash:
    """Applies `bands` x `rows` hash functions to texts; texts that share a band hash are worth measuring."""

    def __init__(self, ngram: int, bands: int, rows: int, seed: int):
        self._ngram, self._bands, self._rows = ngram, bands, rows
        numbers = np.arange(1, bands * rows + 1, dtype=np.uint64) + np.uint64(seed << 32)
        self._factors = (mixed(numbers * np.uint64(0x9E3779B97F4A7C15)) >> 32).astype(np.uint32) | 1

    def sketches(self, texts: list[str], ranks: list[float]) -> list[bytes]:
        sketches: list[bytes] = []
        for start, end in _batches(texts):
            sketches += self._batch(texts[start:end], np.array(ranks[start:end], np.float64))
        return sketches

    def _batch(self, texts: list[str], ranks: Array) -> list[bytes]:
        counts, values = shingles(texts, self._ngram)
        present = np.flatnonzero(counts)
        sizes = np.where(counts, counts + RANK + self._bands, 0)
        ends = np.cumsum(sizes)
        heads = (ends - sizes)[present][:, None] + np.arange(RANK + self._bands)
        sketch = np.empty(sizes.sum(), np.uint32)
        is_shingle = np.ones(len(sketch), bool)
        is_shingle[heads] = False
        sketch[is_shingle] = values
        sketch[heads[:, :RANK]] = ranks[present].view(np.uint32).reshape(-1, RANK)
        sketch[heads[:, RANK:]] = self.bands(counts[present], values)
        data, borders = sketch.tobytes(), [0, *(4 * ends).tolist()]
        return [data[start:end] for start, end in pairwise(borders)]

    def bands(self, counts: Array, values: Array) -> Array:
        """Returns a row of band hashes for each text; each text must have shingles."""
        if not len(counts):
            return np.zeros((0, self._bands), np.uint32)
        starts = np.cumsum(counts) - counts
        least = np.empty((len(self._factors), len(counts)), np.uint32)
        hashed = np.empty_like(values)
        for factor, row in zip(self._factors, least, strict=True):
            np.multiply(values, factor, out=hashed)  # shingles are well mixed, so an odd factor suffices
            np.minimum.reduceat(hashed, starts, out=row)
        total = np.zeros((self._bands, len(counts)), np.uint64)
        for step in range(self._rows):
            total = mixed(total + least[step :: self._rows])
        return (total >> 32).astype(np.uint32).T


def _batches(texts: list[str]) -> Iterator[tuple[int, int]]:
    start = size = 0
    for end, text in enumerate(texts):
        size += len(text)
        if size > _AT_ONCE and end > start:
            yield start, end
            start, size = end, len(text)
    if texts:
        yield start, len(texts)
