"""Prepared examples on disk: flat arrays, memory-mapped when read.

`ids` has four bytes a token, `mask` one, 1 where the token is learned; `offsets` says where examples begin.
"""

import mmap
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from pitchpipe.conversation import Conversation
from pitchpipe.render import Example
from pitchpipe.shards import Finished

SPLITS = ("train", "validation", "test")


class Writer:
    """Appends the examples of one split, and beside them the conversations that they came from."""

    def __init__(self, folder: Path, split: str):
        self._ids, self._mask = open(folder / f"{split}.ids", "wb"), open(folder / f"{split}.mask", "wb")
        self._conversations = open(folder / f"{split}.jsonl", "wb")
        self._offsets_path = folder / f"{split}.offsets"
        self._offsets = array("q", [0])
        self.learned = 0

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @property
    def tokens(self) -> int:
        return self._offsets[-1]

    def add(self, done: Finished, rows: slice, spans: Any) -> None:
        """Rows of a shard that follow each other; `spans` is where each one's tokens begin."""
        start, end = spans[rows.start], spans[rows.stop]
        self._conversations.write(b"\n".join([*done.lines[rows], b""]))
        self._ids.write(memoryview(done.ids)[4 * start : 4 * end])
        self._mask.write(memoryview(done.mask)[start:end])
        first = self._offsets[-1] - start
        self._offsets.frombytes((spans[rows.start + 1 : rows.stop + 1] + first).tobytes())
        self.learned += sum(done.learned[rows])

    def close(self) -> None:
        with open(self._offsets_path, "wb") as file:
            self._offsets.tofile(file)
        for file in (self._ids, self._mask, self._conversations):
            file.close()


class Examples(Sequence[Example]):
    """The examples of one split, read from disk as they are asked for; some repeat, where the mix says so."""

    def __init__(self, folder: Path, split: str):
        self.folder, self.split = folder, split
        self._offsets = _view(folder / f"{split}.offsets", "q")
        order = folder / f"{split}.order"
        self._order = _view(order, "q") if order.exists() else range(len(self._offsets) - 1)
        self._ids, self._mask = _view(folder / f"{split}.ids", "i"), _view(folder / f"{split}.mask", "B")

    def __reduce__(self) -> Any:
        return Examples, (self.folder, self.split)  # another process maps the files itself

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, index: int) -> Example:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        at = self._order[index]
        here = slice(self._offsets[at], self._offsets[at + 1])
        return Example.of(self._ids[here].tolist(), self._mask[here].tolist())

    def lengths(self) -> Any:
        """Of each example its number of tokens, as an array."""
        import numpy as np

        return np.diff(np.frombuffer(self._offsets, np.int64))[np.asarray(self._order, np.int64)]

    def conversations(self) -> Iterator[Conversation]:
        """Each conversation once."""
        decode = msgspec.json.Decoder(Conversation).decode
        with open(self.folder / f"{self.split}.jsonl", "rb") as file:
            for line in file:
                yield decode(line)


def _view(path: Path, code: Literal["B", "i", "q"]) -> "memoryview[int]":
    if path.stat().st_size == 0:
        return memoryview(array(code))
    with open(path, "rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)).cast(code)
