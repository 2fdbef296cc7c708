"""Sketches on disk: a few bytes of each row, for filters that compare all conversations.

Sketches are made shard by shard, in any process; comparing reads them block by block, so that memory does
not grow with the data.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np

from pitchpipe.records.related import Block


class StoredSketches:
    """The sketches of all rows, in order. `scratch` is a folder for files that a comparison needs."""

    def __init__(self, files: list[Path], scratch: Path):
        self._files, self.scratch = files, scratch
        self._counts = [int(np.fromfile(file, np.int64, 1)[0]) for file in files]
        self._first = [0, *accumulate(self._counts)]

    def __len__(self) -> int:
        return self._first[-1]

    def blocks(self) -> Iterator[Block]:
        """The blocks in order. A filter keeps none of them."""
        for index, file in enumerate(self._files):
            yield self._block(index, file)

    def _block(self, index: int, file: Path) -> Block:
        with open(file, "rb") as opened:
            offsets = np.fromfile(opened, np.int64, self._counts[index] + 2)[1:]
            return Block(self._first[index], offsets, np.fromfile(opened, np.uint8))

    def __getitem__(self, row: int) -> bytes:
        """One row's sketch, read from disk."""
        index = bisect_right(self._first, row) - 1
        at, count = row - self._first[index], self._counts[index]
        with open(self._files[index], "rb") as file:
            file.seek(8 * (1 + at))
            start, end = np.fromfile(file, np.int64, 2)
            file.seek(8 * (count + 2) + int(start))
            return file.read(int(end - start))


def write(sketches: Iterable[bytes], path: Path) -> None:
    """Write a block: the number of sketches, their offsets, their bytes."""
    sketches = list(sketches)
    offsets = np.cumsum([0, *map(len, sketches)], dtype=np.int64)
    with open(path, "wb") as file:
        np.int64(len(sketches)).tofile(file)
        offsets.tofile(file)
        file.write(b"".join(sketches))
