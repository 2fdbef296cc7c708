"""Best-fit packing: which documents share a row, so that as few rows as possible are needed.

Documents of one length are placed together, by the whole array: the work grows with the number of different
lengths, not with that of documents. Which of them takes which place of its length is drawn in each epoch.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe import PitchpipeError

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Rows(Sequence[list[int]]):
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


def best_fit(lengths: "Sequence[int] | Numbers", capacity: int, seed: int, epoch: int) -> Rows:
    """Rows of at most `capacity` tokens that hold each document once, whole, in an order known from the seed
    and the epoch. Longest first, each document goes where it leaves the least space: the number of rows is
    decided by the lengths alone, so that every epoch has the same."""
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
    return Rows(documents[_sorted(rows)], np.concatenate([[0], starts]))


def _sorted(keys: "Numbers") -> "Numbers":
    """The order that sorts keys from 0 to 2**32, of equal ones the first first. NumPy sorts 16 bits by radix,
    several times as fast as more."""
    import numpy as np

    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    if len(keys) and int(keys.max()) > 0xFFFF:
        order = order[np.argsort((keys >> 16).astype(np.uint16)[order], kind="stable")]
    return order


class _Places:
    """Rows in the making, known by the space that is left in them."""

    def __init__(self, capacity: int):
        self.capacity, self.count = capacity, 0
        self._spaces: list[int] = []  # those that some row has left, sorted
        self._open: dict[int, list[Numbers]] = {}  # the rows that have it
        self._placed: list[tuple[Numbers, int, Numbers]] = []

    def fill(self, length: int, documents: "Numbers") -> None:
        """Place documents of one length."""
        while left := len(documents):
            at = bisect_left(self._spaces, length)
            space = self._spaces[at] if at < len(self._spaces) else self.capacity
            # So many go into one row of this space; of too few documents all go into one row.
            each = min(space // length, left)
            rows = self._take(at, left // each)
            self._placed.append((rows, each, documents[: len(rows) * each]))
            documents = documents[len(rows) * each :]
            self._leave(space - each * length, rows)

    def rows(self) -> "Numbers":
        """The row of each document that was placed."""
        import numpy as np

        empty = np.empty(0, dtype=np.int64)
        return np.concatenate([empty, *(np.repeat(rows, each) for rows, each, _ in self._placed)])

    def documents(self) -> "Numbers":
        import numpy as np

        return np.concatenate([np.empty(0, dtype=np.int64), *(documents for *_, documents in self._placed)])

    def _take(self, at: int, wanted: int) -> "Numbers":
        """As many rows of one space as are wanted, or fewer; new ones where no row has the space."""
        import numpy as np

        if at == len(self._spaces):
            self.count += wanted
            return np.arange(self.count - wanted, self.count)
        chunks = self._open[self._spaces[at]]
        rows = chunks.pop()
        if len(rows) > wanted:
            chunks.append(rows[wanted:])
        if not chunks:
            del self._open[self._spaces.pop(at)]
        return rows[:wanted]

    def _leave(self, space: int, rows: "Numbers") -> None:
        if not space:
            return
        if space not in self._open:
            insort(self._spaces, space)
            self._open[space] = []
        self._open[space].append(rows)
