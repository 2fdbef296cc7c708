"""Finds near duplicates: equal band hashes propose pairs, shingles measure them, preference decides.

Memory holds a few numbers per row; band hashes and shingles lie in files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Block, Related, Sketches
from pitchpipe_components.duplicates.minhash import RANK

Array = NDArray[Any]
# In a group of rows with one band hash, each row is paired with the first and with the 8 before it. So 10,000
# copies make 90,000 pairs, not 50 million. Similar rows still meet, because they share several bands.
NEIGHBOURS = 8
_AT_ONCE = 1 << 21  # shingles to measure at a time


def less_preferred(reason: str, sketches: Sketches, bands: int, threshold: float) -> Related:
    """Returns the rows whose similarity to a preferred row that stays is at least `threshold`."""
    stored = Stored(sketches, bands)
    cluster = _clusters(stored, bands, threshold)
    gone, of, scores = _settled(stored, cluster, threshold)
    order = np.argsort(gone)
    rows = stored.rows
    return Related(reason, rows[gone[order]], rows[of[order]], scores[order], threshold)


class Stored:
    """The parts of sketches: rows, ranks and places of shingles in memory, the rest in scratch files."""

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
        """Returns the band's hash of each row."""
        return np.fromfile(self._file(str(number)), np.uint32)

    def similarity(self, left: Array, right: Array) -> Array:
        """Returns the Jaccard similarity of each pair's shingles."""
        if not len(left):
            return np.zeros(0)
        ends = np.cumsum(self.sizes[left] + self.sizes[right])
        cuts = np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1
        pairs = zip(np.split(left, cuts), np.split(right, cuts), strict=True)
        return np.concatenate([self._similarity(*pair) for pair in pairs])

    def _similarity(self, left: Array, right: Array) -> Array:
        keys = np.concatenate([self._keys(left), self._keys(right)])
        keys.sort()
        common = np.bincount(keys[1:][keys[1:] == keys[:-1]] >> 32, minlength=len(left))
        return common / (self.sizes[left] + self.sizes[right] - common)

    def _keys(self, rows: Array) -> Array:
        """Returns all shingles of some rows, with the number of their pair in the upper 32 bits."""
        sizes = self.sizes[rows]
        shift = self._starts[rows] - (np.cumsum(sizes) - sizes)
        values = self._shingles[np.repeat(shift, sizes) + np.arange(sizes.sum())]
        return (np.repeat(np.arange(len(rows), dtype=np.uint64), sizes) << 32) | values

    def _put(self, block: Block, files: list[Any]) -> tuple[Array, Array, Array]:
        lengths = np.diff(block.offsets) // 4
        present = np.flatnonzero(lengths)
        data = block.data.view(np.uint32)
        heads = (block.offsets[present] // 4)[:, None] + np.arange(RANK + self._bands)
        is_shingle = np.ones(len(data), bool)
        is_shingle[heads] = False
        data[is_shingle].tofile(files[0])
        for file, column in zip(files[1:], data[heads[:, RANK:]].T, strict=True):
            column.tofile(file)
        ranks = np.ascontiguousarray(data[heads[:, :RANK]]).view(np.float64)[:, 0]
        return block.first + present, ranks, lengths[present] - RANK - self._bands

    def _file(self, name: str) -> Path:
        return self._scratch / f"near-{name}"


def _clusters(stored: Stored, bands: int, threshold: float) -> Array:
    """Returns for each row the first row of its cluster; pairs of similar rows connect a cluster."""
    cluster = np.arange(len(stored.rows))
    for band in range(bands):
        for left, right in _proposed(stored.band(band)):
            apart = cluster[left] != cluster[right]
            left, right = left[apart], right[apart]
            alike = stored.similarity(left, right) >= threshold
            _unite(cluster, left[alike], right[alike])
    return cluster


def _proposed(hashes: Array) -> Iterator[tuple[Array, Array]]:
    """Yields pairs with equal hashes: each row with the first of its hash, and with up to 8 before it."""
    keys = np.sort((hashes.astype(np.uint64) << 32) | np.arange(len(hashes), dtype=np.uint64))
    hashes, order = keys >> 32, (keys & 0xFFFFFFFF).astype(np.int64)
    repeats = np.zeros(len(order) + 1, bool)
    repeats[1:-1] = hashes[1:] == hashes[:-1]
    shared = repeats[1:] | repeats[:-1]
    order, begins = order[shared], ~repeats[:-1][shared]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    yield order, order[first]
    for distance in range(1, min(NEIGHBOURS + 1, len(order))):
        before = np.arange(len(order) - distance)
        together = (first[distance:] == first[:-distance]) & (before != first[:-distance])
        if not together.any():
            return
        yield order[distance:][together], order[:-distance][together]


def _unite(cluster: Array, left: Array, right: Array) -> None:
    """Gives connected rows one cluster number, the lowest of theirs."""
    while len(left):
        low, high = np.minimum(cluster[left], cluster[right]), np.maximum(cluster[left], cluster[right])
        apart = low != high
        left, right = left[apart], right[apart]
        cluster[high[apart]] = low[apart]  # the last of several counts; the loop repeats the others
        while (cluster != cluster[cluster]).any():
            cluster[:] = cluster[cluster]


def _settled(stored: Stored, cluster: Array, threshold: float) -> tuple[Array, Array, Array]:
    """Decides in all clusters at once: the preferred row stays, rows like it go; repeats with the others."""
    crowded = np.flatnonzero(np.bincount(cluster, minlength=len(cluster))[cluster] > 1)
    open_rows = crowded[np.lexsort((crowded, -stored.ranks[crowded], cluster[crowded]))]
    settled = [(open_rows[:0], open_rows[:0], np.zeros(0))]
    while len(open_rows):
        begins = np.insert(np.diff(cluster[open_rows]) != 0, 0, True)
        kept = open_rows[begins][np.cumsum(begins) - 1][~begins]
        open_rows = open_rows[~begins]
        scores = stored.similarity(open_rows, kept)
        alike = scores >= threshold
        settled.append((open_rows[alike], kept[alike], scores[alike]))
        open_rows = open_rows[~alike]
    gone, of, scores = (np.concatenate(part) for part in zip(*settled, strict=True))
    return gone, of, scores
