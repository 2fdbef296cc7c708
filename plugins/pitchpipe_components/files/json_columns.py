"""Reads a JSON object of columns: lists of the same length, or objects with the same numbers as keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from pitchpipe import Row
from pitchpipe_components.files.json_outline import Outline, Value
from pitchpipe_components.files.json_scan import Walk, unbroken
from pitchpipe_components.files.json_values import mended
from pitchpipe_components.files.lines import Unreadable
from pitchpipe_components.files.opening import OpenedFile

BATCH = 1000  # rows that one part holds


@dataclass(frozen=True)
class JsonColumns:
    """Some rows of an object of columns, with each cell as raw JSON.

    `first` is the number of the first row, if rows are known by number; otherwise 0.
    """

    file: str
    names: tuple[str, ...]
    cells: tuple[tuple[int, tuple[bytes, ...]], ...]
    first: int

    def rows(self) -> Iterator[Row]:
        for number, (line, texts) in enumerate(self.cells, self.first):
            cells = [mended(text, self.file, line)[0] for text in texts]
            error = next((cell.error for cell in cells if cell.error), "")
            notes = dict.fromkeys(note for cell in cells for note in cell.notes)
            data = dict(zip(self.names, (cell.data for cell in cells), strict=True))
            yield Row(data, self.file, number if self.first else line, error, tuple(notes))


def are_columns(outline: Outline) -> bool:
    """Whether an object holds columns: as lists, or as pandas writes them, `{"a": {"0": ..., "1": ...}}`."""
    values = outline.values.values()
    whole = bool(outline.lines) and not outline.followed
    alike = len({(value.kind, value.count, value.keys) for value in values}) == 1
    return len(values) > 1 and whole and alike and all(map(_is_column, values))


def column_parts(
    opened: OpenedFile, outline: Outline, longest: int, troubles: list[str]
) -> Iterator[JsonColumns | Unreadable]:
    """Reads all columns side by side, each from its own place in the file."""
    columns = outline.values
    walks = [Walk(unbroken(opened, v.offset, []), v.offset, longest, v.line) for v in columns.values()]
    rows = zip(*(_cells(walk) for walk in walks), strict=True)
    first, by_number = 1, None
    while batch := tuple((row[0][0], tuple(text for _, text in row)) for row in islice(rows, BATCH)):
        if by_number is None:
            by_number = any(cells[0] == following[0] for cells, following in pairwise(batch))
        yield JsonColumns(opened.name, tuple(columns), batch, first if by_number else 0)
        first += len(batch)
    for trouble in troubles:
        yield Unreadable(opened.name, outline.lines, "", trouble)


def _is_column(value: Value) -> bool:
    if value.kind == "object":
        return bool(value.count) and all(key.isdecimal() for key in value.keys)
    return value.kind == "others" and bool(value.count)


def _cells(walk: Walk) -> Iterator[tuple[int, bytes]]:
    """Yields the values of a list behind its bracket, or of an object, each with its line."""
    keyed = walk.peek() == b"{"
    walk.at += keyed
    while walk.peek() not in (b"]", b"}", b""):
        if keyed:
            walk.take()
            walk.expect(b":")
            walk.peek()
        line = walk.line()
        yield line, walk.value()
        if walk.peek() == b",":
            walk.at += 1
