"""Sketches of all rows, for filters that compare conversations, and the rows that such a filter drops."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass
class Related:
    """The rows that a comparison drops."""

    reason: str
    rows: "NDArray[np.int64]"  # their numbers in the sketches
    of: "NDArray[np.int64]"  # for each the row that it repeats or contradicts
    scores: "NDArray[np.floating] | None" = None  # how alike the two rows are
    limit: float | None = None  # how alike is too much


@dataclass
class Block:
    """The sketches of the rows `first`, `first + 1`, ...: row i has data[offsets[i] : offsets[i + 1]]."""

    first: int
    offsets: "NDArray[np.int64]"
    data: "NDArray[np.uint8]"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()


class Sketches(Protocol):
    """The sketches of all rows, in order. A filter keeps no block: memory must not grow with the data."""

    scratch: Path  # a folder for a comparison's files

    def __len__(self) -> int: ...
    def __getitem__(self, row: int, /) -> bytes: ...
    def blocks(self) -> Iterator[Block]: ...
