"""Packs documents into few rows by best fit: decides which documents share a row.

Whole arrays of documents of one length are placed together, so the work grows with the number of different
lengths, not of documents. In each epoch chance decides which document takes which place of its length.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe import PitchpipeError

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


class PackedRows(Sequence[list[int]]):
    """The rows of an epoch, each a list of example numbers: one flat array, and where each row begins."""

    def __init__(self, order: "Numbers", starts: "Numbers"):
        self.order, self.starts = order, starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: int) -> list[int]:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.order[self.starts[index] : self.starts[index + 1]].tolist()

    def __iter__(self) -> Iterator[list[int]]:
        return map(self.__getitem__, range(len(self)))


def best_fit(lengths: "Sequence[int] | Numbers", capacity: int, seed: int, epoch: int) -> PackedRows:
    """Packs each document once, whole, into rows of at most `capacity` tokens.

    Longest first, each document goes where it leaves the least space. So the lengths alone decide the number
    of rows, and every epoch has the same number; the seed and the epoch decide the order.
    """
    import numpy as np

    sizes = np.maximum(np.asarray(lengths, dtype=np.int64), 1)
    if len(sizes) and (longest := int(sizes.max())) > capacity:
        raise PitchpipeError(
            f"a document of {longest} tokens does not fit a row of {capacity}: raise the collator's length"
        )
    chance = np.random.default_rng([abs(seed), epoch])
    shuffled = chance.permutation(len(sizes))
    by_length = shuffled[_sorted(sizes[shuffled])]
    ends = np.bincount(sizes, minlength=capacity + 1).cumsum()
    places = _Places(capacity)
    for length in np.flatnonzero(np.diff(ends, prepend=0))[::-1].tolist():
        places.fill(length, by_length[ends[length - 1] : ends[length]])
    rows, documents = places.rows(), places.documents()
    rows = chance.permutation(places.count)[rows]
    starts = np.bincount(rows, minlength=places.count).cumsum()
    return PackedRows(documents[_sorted(rows)], np.concatenate([[0], starts]))


def _sorted(keys: "Numbers") -> "Numbers":
    """Returns the stable order that sorts keys from 0 to 2**32.

    NumPy sorts 16-bit keys by radix, several times as fast as longer ones.
    """
    import numpy as np

    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    if len(keys) and int(keys.max()) > 0xFFFF:
        order = order[np.argsort((keys >> 16).astype(np.uint16)[order], kind="stable")]
    return order


class _Places:
    """Holds unfinished rows by the space that is left in them."""

    def __init__(self, capacity: int):
        self.capacity, self.count = capacity, 0
        self._spaces: list[int] = []  # the spaces that rows have left, sorted
        self._open: dict[int, list[Numbers]] = {}  # a space to the rows that have it left
        self._placed: list[tuple[Numbers, int, Numbers]] = []  # rows, documents in each, documents

    def fill(self, length: int, documents: "Numbers") -> None:
        """Places documents of one length."""
        while remaining := len(documents):
            at = bisect_left(self._spaces, length)
            space = self._spaces[at] if at < len(self._spaces) else self.capacity
            # Documents per row of this space; if too few remain, all of them go into one row.
            each = min(space // length, remaining)
            rows = self._take(at, remaining // each)
            self._placed.append((rows, each, documents[: len(rows) * each]))
            documents = documents[len(rows) * each :]
            self._leave(space - each * length, rows)

    def rows(self) -> "Numbers":
        """Returns the row of each placed document."""
        import numpy as np

        empty = np.empty(0, dtype=np.int64)
        return np.concatenate([empty, *(np.repeat(rows, each) for rows, each, _ in self._placed)])

    def documents(self) -> "Numbers":
        import numpy as np

        return np.concatenate([np.empty(0, dtype=np.int64), *(documents for *_, documents in self._placed)])

    def _take(self, at: int, count: int) -> "Numbers":
        """Takes up to `count` rows with one space left, or makes new rows if no row has the space."""
        import numpy as np

        if at == len(self._spaces):
            self.count += count
            return np.arange(self.count - count, self.count)
        chunks = self._open[self._spaces[at]]
        rows = chunks.pop()
        if len(rows) > count:
            chunks.append(rows[count:])
        if not chunks:
            del self._open[self._spaces.pop(at)]
        return rows[:count]

    def _leave(self, space: int, rows: "Numbers") -> None:
        if not space:
            return
        if space not in self._open:
            insort(self._spaces, space)
            self._open[space] = []
        self._open[space].append(rows)
