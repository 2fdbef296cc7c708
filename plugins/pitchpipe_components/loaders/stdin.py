"""Reads rows from standard input, of every kind that files can be."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.loaders.files import Encoding, Field, Kind, Longest, check_encoding, parts_of


class Stdin:
    """Reads rows from standard input, with the kinds, compressions and encodings of `files`.

    The loader keeps the input in a temporary file until pitchpipe ends, so that several processes can read
    it, and more than once. Nothing shows beforehand whether the input changed: every run reads it anew.
    """

    def __init__(
        self, kind: Kind = None, field: Field = None, encoding: Encoding = None, max_bytes: Longest = 64 << 20
    ) -> None:
        check_encoding(encoding)
        self.kind, self.field, self.encoding, self.max_bytes = kind, field, encoding, max_bytes
        self._kept: Any = None

    def parts(self) -> Iterator[Any]:
        return parts_of(self._file(), "stdin", self.kind, self.field, self.encoding, self.max_bytes)

    def __call__(self) -> Iterator[Row]:
        for part in self.parts():
            yield from part.rows()

    def _file(self) -> Path:
        if self._kept is None:
            if sys.stdin.isatty():
                raise PitchpipeError("nothing comes in on standard input: write  cat FILE | pitchpipe ...")
            self._kept = tempfile.NamedTemporaryFile(prefix="pitchpipe-")
            shutil.copyfileobj(sys.stdin.buffer, self._kept)
            self._kept.flush()
        return Path(self._kept.name)
