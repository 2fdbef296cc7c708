"""Prepared examples on disk: flat arrays, memory-mapped when read.

`ids` has four bytes a token, `mask` one, 1 where the token is learned; `offsets` says where examples begin.
Where examples have a rejected side, it stands behind their own tokens, and `second` says where it begins.
"""

import mmap
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pitchpipe.records.conversation import Conversation, Source
from pitchpipe.records.example import IGNORED, Example

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


AT_ONCE = 1 << 22  # ids that are looked at together


class _Placed(msgspec.Struct):
    """A conversation, of which only the place is read."""

    source: Source


class PreparedExamples:
    """The examples of one side, read from disk when they are used; some repeat, where the mix says so."""

    def __init__(self, folder: Path, split: str):
        self.folder, self.split = folder, split
        self._offsets = _view(folder / f"{split}.offsets", "q")
        order = folder / f"{split}.order"
        self._order = _view(order, "q") if order.exists() else range(len(self._offsets) - 1)
        second = folder / f"{split}.second"
        self._second = _view(second, "q") if second.exists() else None
        self._ids, self._mask = _view(folder / f"{split}.ids", "i"), _view(folder / f"{split}.mask", "B")

    def __reduce__(self) -> "tuple[type[PreparedExamples], tuple[Path, str]]":
        return PreparedExamples, (self.folder, self.split)  # another process maps the files itself

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, index: int) -> Example:
        import numpy as np

        if not 0 <= index < len(self):
            raise IndexError(index)
        at = self._order[index]
        here = slice(self._offsets[at], self._offsets[at + 1])
        ids = np.frombuffer(self._ids[here], np.int32)
        labels = np.where(np.frombuffer(self._mask[here], np.uint8), ids, IGNORED)
        whole = Example(ids.tolist(), labels.tolist())
        return whole if self._second is None else _parted(whole, self._second[at])

    def lengths(self) -> "NDArray[np.int64]":
        """The number of tokens of each example, on both sides."""
        import numpy as np

        offsets: NDArray[np.int64] = np.frombuffer(self._offsets, np.int64)
        return (offsets[1:] - offsets[:-1])[np.asarray(self._order, np.int64)]

    def sides(self) -> "NDArray[np.int64]":
        """The number of tokens of each example and of its rejected side."""
        import numpy as np

        lengths = self.lengths()
        if self._second is None:
            return np.stack([lengths, np.zeros_like(lengths)], axis=1)
        second = np.frombuffer(self._second, np.int64)[np.asarray(self._order, np.int64)]
        return np.stack([second, lengths - second], axis=1)

    def ids_from(self, first: int) -> dict[int, int]:
        """The token ids of `first` and above, and for each the place of a conversation that holds it."""
        import numpy as np

        ids, offsets = np.frombuffer(self._ids, np.int32), np.frombuffer(self._offsets, np.int64)
        found: dict[int, int] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            if some.max() < first:
                continue
            tokens, places = np.unique(np.where(some >= first, some, -1), return_index=True)
            for token, place in zip(tokens.tolist(), places.tolist(), strict=True):
                if token >= first:
                    found.setdefault(token, int(np.searchsorted(offsets, start + place, side="right")) - 1)
        return found

    def sources(self) -> "tuple[list[str], NDArray[np.int64]]":
        """The names of the sources, and for each example the number of its own."""
        return self._sources

    @cached_property
    def _sources(self) -> "tuple[list[str], NDArray[np.int64]]":
        """Read once: each trainer of a run asks, that of the rehearsal too."""
        import numpy as np

        numbers: dict[str, int] = {}
        of_each = [numbers.setdefault(place.dataset, len(numbers)) for place in self._places()]
        return list(numbers), np.asarray(of_each, np.int64)[np.asarray(self._order, np.int64)]

    def where(self, numbers: Sequence[int]) -> list[str]:
        """The file and line of examples."""
        wanted = {self._order[number] for number in numbers}
        found = {at: str(place) for at, place in enumerate(self._places()) if at in wanted}
        return [found[self._order[number]] for number in numbers]

    def taken(self, numbers: Sequence[int]) -> list[Conversation]:
        """The conversations of examples."""
        decode, found = msgspec.json.Decoder(Conversation).decode, list[Conversation]()
        with open(self.folder / f"{self.split}.jsonl", "rb") as file:
            for number in numbers:
                file.seek(self._lines[self._order[number]])
                found.append(decode(file.readline()))
        return found

    @cached_property
    def _lines(self) -> "array[int]":
        """Where the lines of conversations begin: some trainers ask for a few in each step."""
        starts = array("q", [0])
        with open(self.folder / f"{self.split}.jsonl", "rb") as file:
            for line in file:
                starts.append(starts[-1] + len(line))
        return starts

    def _places(self) -> Iterator[Source]:
        """The place of each example as it was rendered, before the mix repeats some."""
        decode = msgspec.json.Decoder(_Placed).decode
        with open(self.folder / f"{self.split}.jsonl", "rb") as file:
            for line in file:
                yield decode(line).source

    def __iter__(self) -> Iterator[Example]:
        return map(self.__getitem__, range(len(self)))

    def conversations(self) -> Iterator[Conversation]:
        """Each conversation once."""
        decode = msgspec.json.Decoder(Conversation).decode
        with open(self.folder / f"{self.split}.jsonl", "rb") as file:
            for line in file:
                yield decode(line)


def _parted(whole: Example, at: int) -> Example:
    """An example and its rejected side, which begins here; where it begins at the end, there is none."""
    rejected = Example(whole.ids[at:], whole.labels[at:]) if at < len(whole.ids) else None
    return Example(whole.ids[:at], whole.labels[:at], rejected)


def _view(path: Path, code: Literal["B", "i", "q"]) -> "memoryview[int]":
    if path.stat().st_size == 0:
        return memoryview(array(code))
    with open(path, "rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast(code)
