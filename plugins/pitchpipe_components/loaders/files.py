"""Rows from local files: one, those of a folder, or those that a glob finds."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.loaders.columnar import columnar_parts
from pitchpipe_components.loaders.json_document import document_parts
from pitchpipe_components.loaders.lines import line_parts
from pitchpipe_components.loaders.opening import opened, unreadable
from pitchpipe_components.loaders.paths import files_of, why_none
from pitchpipe_components.loaders.recognise import recognised
from pitchpipe_components.loaders.tables import table_parts

KindOfFile = Literal["jsonl", "json", "csv", "tsv", "parquet", "arrow", "text"]
Kind = Annotated[KindOfFile | None, Meta(description="what a file holds; left out, its content tells")]
Field = Annotated[
    str | None,
    Meta(description="the key of the list of rows in a JSON object; left out: data, rows, or the only one"),
]
Encoding = Annotated[
    str | None,
    Meta(description="of text; left out, UTF-8 and UTF-16 are recognised. Others: gb18030, latin-1, ..."),
]
Longest = Annotated[
    int, Meta(ge=1024, description="the most bytes that one row may have; a longer one is quarantined")
]


@dataclass(frozen=True)
class Files:
    """Rows from JSON Lines, JSON, CSV, TSV, Parquet, Arrow and text files, compressed or not.

    What a file holds and how it is compressed is told by its content. A row that cannot be read is
    quarantined, and the rows around it are kept.
    """

    path: Annotated[Path, Meta(description="a file, a folder or a glob, seen from the recipe's folder")]
    kind: Kind = None
    field: Field = None
    encoding: Encoding = None
    max_bytes: Longest = 64 << 20

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        paths = self.inputs()
        if not paths:
            raise ValueError(why_none(self.path))
        if problem := next(filter(None, map(unreadable, paths)), ""):
            raise ValueError(problem)

    def inputs(self) -> list[Path]:
        """The files, in the order in which they are read."""
        return files_of(self.path, self.kind)

    def parts(self) -> Iterator[Any]:
        """The files in blocks that any process can read, cut by what is in them alone."""
        for path in self.inputs():
            yield from parts_of(path, str(path), self.kind, self.field, self.encoding, self.max_bytes)

    def __call__(self) -> Iterator[Row]:
        for part in self.parts():
            yield from part.rows()


def parts_of(
    path: Path, name: str, kind: str | None, field: str | None, encoding: str | None, longest: int
) -> Iterator[Any]:
    """The parts of one file. `name` is what its rows call it."""
    file = opened(path, name, encoding)
    kind = kind or recognised(file)
    if field is not None and kind != "json":
        raise PitchpipeError(f"{path} is {kind}, and has no '{field}': leave out field")
    if kind == "json":
        return document_parts(file, field, longest)
    if kind in ("csv", "tsv"):
        return table_parts(file, kind, longest)
    if kind in ("parquet", "arrow"):
        return columnar_parts(file, kind)
    return line_parts(file, kind == "jsonl", longest)


def check_encoding(encoding: str | None) -> None:
    """A ValueError for an encoding that Python does not know."""
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        raise ValueError(
            f"no encoding '{encoding}'. Known are utf-8, utf-16, gb18030, latin-1, ..."
        ) from None
