"""Which rows go because they are alike: pairs from equal band hashes, measured, and settled by preference.

Memory holds a few numbers a row; band hashes and shingles lie in files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Block, Related, Sketches
from pitchpipe_components.duplicates.minhash import RANK

Array = NDArray[Any]
NEIGHBOURS = 8  # in a band's group each row meets the first and the 8 before it, so that 10,000 copies
# make 90,000 pairs, not 50 million; rows that are alike share several bands
_AT_ONCE = 1 << 21  # shingles that are measured together


def less_preferred(reason: str, sketches: Sketches, bands: int, threshold: float) -> Related:
    """The rows that are `threshold` alike to one that is preferred to them and stays."""
    stored = Stored(sketches, bands)
    cluster = _clusters(stored, bands, threshold)
    gone, of, scores = _settled(stored, cluster, threshold)
    order = np.argsort(gone)
    rows = stored.rows
    return Related(reason, rows[gone[order]], rows[of[order]], scores[order], threshold)


class Stored:
    """Sketches taken apart: in memory rows, ranks and where shingles are; the rest in scratch files."""

    def __init__(self, sketches: Sketches, bands: int):
        self._scratch, self._bands = sketches.scratch, bands
        files = [open(self._file(name), "wb") for name in ("shingles", *map(str, range(bands)))]
        parts = [self._put(block, files) for block in sketches.blocks() if len(block)]
        for file in files:
            file.close()
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.float64), np.zeros(0, np.int64))
        self.rows, self.ranks, self.sizes = (
            np.concatenate(part) for part in zip(nothing, *parts, strict=True)
        )
        self._starts = np.cumsum(self.sizes) - self.sizes
        empty = not self.sizes.sum()
        self._shingles = (
            np.zeros(0, np.uint32) if empty else np.memmap(self._file("shingles"), np.uint32, "r")
        )

    def band(self, number: int) -> Array:
        """One hash for each row."""
        return np.fromfile(self._file(str(number)), np.uint32)

    def similarity(self, one: Array, other: Array) -> Array:
        """The Jaccard similarity of each pair's shingles."""
        if not len(one):
            return np.zeros(0)
        ends = np.cumsum(self.sizes[one] + self.sizes[other])
        cuts = np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1
        pairs = zip(np.split(one, cuts), np.split(other, cuts), strict=True)
        return np.concatenate([self._similarity(*pair) for pair in pairs])

    def _similarity(self, one: Array, other: Array) -> Array:
        keys = np.concatenate([self._keys(one), self._keys(other)])
        keys.sort()
        common = np.bincount(keys[1:][keys[1:] == keys[:-1]] >> 32, minlength=len(one))
        return common / (self.sizes[one] + self.sizes[other] - common)

    def _keys(self, rows: Array) -> Array:
        """All shingles of some rows, each with the number of its pair above it."""
        sizes = self.sizes[rows]
        shift = self._starts[rows] - (np.cumsum(sizes) - sizes)
        values = self._shingles[np.repeat(shift, sizes) + np.arange(sizes.sum())]
        return (np.repeat(np.arange(len(rows), dtype=np.uint64), sizes) << 32) | values

    def _put(self, block: Block, files: list[Any]) -> tuple[Array, Array, Array]:
        lengths = np.diff(block.offsets) // 4
        there = np.flatnonzero(lengths)
        data = block.data.view(np.uint32)
        heads = (block.offsets[there] // 4)[:, None] + np.arange(RANK + self._bands)
        is_shingle = np.ones(len(data), bool)
        is_shingle[heads] = False
        data[is_shingle].tofile(files[0])
        for file, column in zip(files[1:], data[heads[:, RANK:]].T, strict=True):
            column.tofile(file)
        ranks = np.ascontiguousarray(data[heads[:, :RANK]]).view(np.float64)[:, 0]
        return block.first + there, ranks, lengths[there] - RANK - self._bands

    def _file(self, name: str) -> Path:
        return self._scratch / f"near-{name}"


def _clusters(stored: Stored, bands: int, threshold: float) -> Array:
    """For each row the first of those that measured pairs connect it with."""
    cluster = np.arange(len(stored.rows))
    for band in range(bands):
        for one, other in _proposed(stored.band(band)):
            apart = cluster[one] != cluster[other]
            one, other = one[apart], other[apart]
            alike = stored.similarity(one, other) >= threshold
            _unite(cluster, one[alike], other[alike])
    return cluster


def _proposed(hashes: Array) -> Iterator[tuple[Array, Array]]:
    """Pairs with equal hashes: each row with the first that has its hash, and with those before it."""
    keys = np.sort((hashes.astype(np.uint64) << 32) | np.arange(len(hashes), dtype=np.uint64))
    hashes, order = keys >> 32, (keys & 0xFFFFFFFF).astype(np.int64)
    as_before = np.zeros(len(order) + 1, bool)
    as_before[1:-1] = hashes[1:] == hashes[:-1]
    shared = as_before[1:] | as_before[:-1]
    order, begins = order[shared], ~as_before[:-1][shared]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    yield order, order[first]
    for distance in range(1, min(NEIGHBOURS + 1, len(order))):
        before = np.arange(len(order) - distance)
        together = (first[distance:] == first[:-distance]) & (before != first[:-distance])
        if not together.any():
            return
        yield order[distance:][together], order[:-distance][together]


def _unite(cluster: Array, one: Array, other: Array) -> None:
    """Give connected rows the same number, the lowest of them."""
    while len(one):
        low, high = np.minimum(cluster[one], cluster[other]), np.maximum(cluster[one], cluster[other])
        apart = low != high
        one, other = one[apart], other[apart]
        cluster[high[apart]] = low[apart]  # of several for one row the last counts; the others come again
        while (cluster != cluster[cluster]).any():
            cluster[:] = cluster[cluster]


def _settled(stored: Stored, cluster: Array, threshold: float) -> tuple[Array, Array, Array]:
    """In every cluster at once: the preferred row stays, what is like it goes; then again with the rest."""
    crowded = np.flatnonzero(np.bincount(cluster, minlength=len(cluster))[cluster] > 1)
    left = crowded[np.lexsort((crowded, -stored.ranks[crowded], cluster[crowded]))]
    found = [(left[:0], left[:0], np.zeros(0))]
    while len(left):
        begins = np.insert(np.diff(cluster[left]) != 0, 0, True)
        kept = left[begins][np.cumsum(begins) - 1][~begins]
        left = left[~begins]
        scores = stored.similarity(left, kept)
        alike = scores >= threshold
        found.append((left[alike], kept[alike], scores[alike]))
        left = left[~alike]
    gone, of, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    return gone, of, scores
