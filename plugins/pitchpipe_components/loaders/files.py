"""Reads rows from local files: one file, those of a folder, or those that a glob finds."""

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Row
from pitchpipe_components.files.opening import unreadable
from pitchpipe_components.files.parts import LONGEST, parts_of
from pitchpipe_components.files.paths import files_of, why_none

KindOfFile = Literal["jsonl", "json", "csv", "tsv", "parquet", "arrow", "text"]
Kind = Annotated[KindOfFile | None, Meta(description="what the files hold; by default recognised by content")]
Field = Annotated[
    str | None,
    Meta(description="the key of the list of rows in a JSON object; by default data, rows or the only list"),
]
Encoding = Annotated[
    str | None,
    Meta(description="the encoding of text, such as gb18030; by default UTF-8 and UTF-16 are recognised"),
]
Longest = Annotated[int, Meta(ge=1024, description="the most bytes of a row; a longer row is quarantined")]


@dataclass(frozen=True)
class Files:
    """Reads rows from JSON Lines, JSON, CSV, TSV, Parquet, Arrow and text files, compressed or not.

    The loader recognises the kind and the compression of a file by its content. A row that cannot be read is
    quarantined, and the rows around it are kept.
    """

    path: Annotated[Path, Meta(description="a file, a folder or a glob, relative to the recipe's folder")]
    kind: Kind = None
    field: Field = None
    encoding: Encoding = None
    max_bytes: Longest = LONGEST

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        found = files_of(self.path, self.kind)
        if not found.files:
            raise ValueError(why_none(self.path, found.of_runs))
        if problem := next(filter(None, map(unreadable, found.files)), ""):
            raise ValueError(problem)
        if found.of_runs:
            _tell_once(self.path.resolve(), len(found.of_runs))

    def inputs(self) -> list[Path]:
        """Returns the files in the order in which they are read."""
        return files_of(self.path, self.kind).files

    def parts(self) -> Iterator[Any]:
        """Cuts the files into blocks that any process can read; the cuts depend only on their content."""
        for path in self.inputs():
            yield from parts_of(path, str(path), self.kind, self.field, self.encoding, self.max_bytes)

    def __call__(self) -> Iterator[Row]:
        for part in self.parts():
            yield from part.rows()


@cache
def _tell_once(path: Path, count: int) -> None:
    """Prints a warning, once a command: a recipe may be read several times."""
    files = "file" if count == 1 else "files"
    print(f"warning: {path}: {count} {files} of run directories left out", file=sys.stderr)


def check_encoding(encoding: str | None) -> None:
    """Raises a ValueError for an encoding that Python does not know."""
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        raise ValueError(
            f"no encoding '{encoding}'. Known are utf-8, utf-16, gb18030, latin-1, ..."
        ) from None
