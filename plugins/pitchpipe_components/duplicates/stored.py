"""Holds the parts of sketches: few numbers of a row in memory; bands, shingles and words in files."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Block, Sketches
from pitchpipe_components.duplicates.minhash import COUNTS, RANK, head, spread

Array = NDArray[Any]
AT_ONCE = 1 << 21  # shingles to measure at a time


class Stretches:
    """Stretches of 32-bit values, one for each row, in a file."""

    def __init__(self, path: Path, sizes: Array):
        self.sizes = sizes
        self._starts = np.cumsum(sizes) - sizes
        self._values = np.memmap(path, np.uint32, "r") if sizes.sum() else np.zeros(0, np.uint32)

    def of(self, rows: Array, skip: Array | int = 0, most: Array | None = None) -> Array:
        """The values of some rows, one row after the other: after the first `skip`, as many as `most`."""
        sizes = self.sizes[rows] - skip if most is None else most
        return self._values[spread(self._starts[rows] + skip, sizes)]


class Stored:
    """Rows, ranks and sizes in memory, the rest in files."""

    def __init__(self, sketches: Sketches, bands: int):
        self._scratch, self._bands = sketches.scratch, bands
        files = [open(self._file(name), "wb") for name in ("shingles", "words", *map(str, range(bands)))]
        parts = [self._put(block, files) for block in sketches.blocks() if len(block)]
        for file in files:
            file.close()
        none = np.zeros(0, np.int64)
        nothing = (none, np.zeros(0, np.float64), none, none, none)
        self.rows, self.ranks, shingles, words, self.asked = (
            np.concatenate(part) for part in zip(nothing, *parts, strict=True)
        )
        self._shingles = Stretches(self._file("shingles"), shingles)
        self.words = Stretches(self._file("words"), words)

    def band(self, number: int) -> Array:
        """Returns the band's hash of each row."""
        return np.fromfile(self._file(str(number)), np.uint64)

    def similarity(self, left: Array, right: Array) -> Array:
        """Returns the Jaccard similarity of each pair's shingles."""
        sizes = self._shingles.sizes
        cuts = chunks(sizes[left] + sizes[right])
        pairs = zip(np.split(left, cuts), np.split(right, cuts), strict=True)
        return np.concatenate([self._similarity(*pair) for pair in pairs])

    def _similarity(self, left: Array, right: Array) -> Array:
        sizes = self._shingles.sizes
        keys = np.concatenate([numbered(self._shingles.of(rows), sizes[rows]) for rows in (left, right)])
        keys.sort()
        common = np.bincount(keys[1:][keys[1:] == keys[:-1]] >> 32, minlength=len(left))
        return common / (sizes[left] + sizes[right] - common)

    def _put(self, block: Block, files: list[Any]) -> tuple[Array, Array, Array, Array, Array]:
        lengths = np.diff(block.offsets) // 4
        present = np.flatnonzero(lengths)
        data, starts, size = block.data.view(np.uint32), block.offsets[present] // 4, head(self._bands)
        heads = data[starts[:, None] + np.arange(size)]
        shingles, asked = heads[:, -COUNTS:].astype(np.int64).T
        words = lengths[present] - size - shingles
        data[spread(starts + size, shingles)].tofile(files[0])
        data[spread(starts + size + shingles, words)].tofile(files[1])
        hashes = np.ascontiguousarray(heads[:, RANK:-COUNTS]).view(np.uint64)
        for file, column in zip(files[2:], hashes.T, strict=True):
            column.tofile(file)
        ranks = np.ascontiguousarray(heads[:, :RANK]).view(np.float64)[:, 0]
        return block.first + present, ranks, shingles, words, asked

    def _file(self, name: str) -> Path:
        return self._scratch / f"near-{name}"


def chunks(sizes: Array) -> Array:
    """Where to cut rows of these sizes, so that memory holds only so much of them at a time."""
    return np.flatnonzero(np.diff(np.cumsum(sizes) // AT_ONCE)) + 1


def numbered(values: Array, sizes: Array) -> Array:
    """Values of 32 bits, with the number of the stretch that each is in above them."""
    return (np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes) << 32) | values
