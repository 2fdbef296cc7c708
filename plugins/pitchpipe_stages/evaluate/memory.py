"""What a model was asked in a run, on disk after every batch: a kill loses no more than the batch at hand."""

import os
import shutil
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from pitchpipe.host.contracts import Sampling
from pitchpipe.run.atomic import write_json
from pitchpipe.run.keys import KeyParts

OF = "of.json"  # what the records are of


class GivenAnswer(Struct, array_like=True):
    """The tokens of an answer that might have `most`; whether the model ended it."""

    ids: list[int]
    ended: bool
    most: int

    def within(self, most: int) -> "GivenAnswer | None":
        """What the answer would have been within another limit, where that is known."""
        if len(self.ids) > most:
            return GivenAnswer(self.ids[:most], False, most)
        return self if self.ended or self.most >= most else None


class Likelihood(Struct, array_like=True):
    """The log-probability of a text behind another, and whether each token of it was the likeliest."""

    value: float
    greedy: bool


Kind = TypeVar("Kind", bound=Struct)


class AskedBefore(Generic[Kind]):
    """A file of lines `[key, value]`, which grows. Of two lines with one key the second counts."""

    def __init__(self, file: Path, kind: type[Kind]):
        self.file, self._known = file, dict[str, Kind]()
        whole = 0
        if file.exists():
            line_of = msgspec.json.Decoder(tuple[str, kind])  # type: ignore[valid-type]
            for line in file.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):  # a kill, or a full disk, has cut it
                    break
                key, self._known[key] = line_of.decode(line)
                whole += len(line)
            os.truncate(file, whole)

    def get(self, key: str) -> Kind | None:
        return self._known.get(key)

    def add(self, found: Mapping[str, Kind]) -> None:
        """Keeps what was found: all of it is in the file when this ends."""
        self._known.update(found)
        with open(self.file, "ab") as file:
            file.write(msgspec.json.Encoder().encode_lines(found.items()))


class Memory:
    """The records of one model in their folder. Those of another model, template or code are removed."""

    def __init__(self, folder: Path, parts: KeyParts | None = None):
        if parts is not None and _parts(folder) != parts:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_json(folder / OF, parts)
        self.folder = folder
        self.answers = AskedBefore(folder / "answers.jsonl", GivenAnswer)
        self.likelihoods = AskedBefore(folder / "likelihoods.jsonl", Likelihood)


def _parts(folder: Path) -> KeyParts | None:
    file = folder / OF
    return msgspec.json.decode(file.read_bytes(), type=KeyParts) if file.exists() else None


def key_of(*parts: Sequence[int] | str | Sampling | int) -> str:
    """A short name of what was asked."""
    total = blake2b(digest_size=12)
    for part in parts:
        plain = isinstance(part, str | Sampling | int)
        total.update(repr(part).encode() if plain else np.asarray(part, np.int64).tobytes())
        total.update(b"|")
    return total.hexdigest()
