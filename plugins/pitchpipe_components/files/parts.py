"""The parts of one file, whatever it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.files.columnar import columnar_parts
from pitchpipe_components.files.json_document import document_parts
from pitchpipe_components.files.lines import line_parts
from pitchpipe_components.files.opening import opened
from pitchpipe_components.files.recognise import recognised
from pitchpipe_components.files.tables import table_parts

LONGEST = 64 << 20  # bytes of a row


def parts_of(
    path: Path, name: str, kind: str | None, field: str | None, encoding: str | None, longest: int
) -> Iterator[Any]:
    """Cuts one file into parts. `name` is the file name that its rows carry."""
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


def rows_of(path: Path) -> Iterator[Row]:
    """Yields the rows of a file whose kind its content tells."""
    for part in parts_of(path, str(path), None, None, None, LONGEST):
        yield from part.rows()
