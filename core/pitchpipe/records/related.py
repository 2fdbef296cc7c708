"""What filters that compare all conversations get and give: sketches of rows, and rows that are related."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass
class Related:
    """Rows to drop, and for each the row because of which it goes: numbers as in the sketches. `scores`, where
    there are any, say how alike the two rows are, and `limit` how alike is too much."""

    reason: str
    rows: "NDArray[np.int64]"
    of: "NDArray[np.int64]"
    scores: "NDArray[np.floating] | None" = None
    limit: float | None = None


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
    """The sketches of all rows, in order. `scratch` is a folder for files that a comparison needs. A filter
    keeps no block, so that memory does not grow with the data."""

    scratch: Path

    def __len__(self) -> int: ...
    def __getitem__(self, row: int, /) -> bytes: ...
    def blocks(self) -> Iterator[Block]: ...
