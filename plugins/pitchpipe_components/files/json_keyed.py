"""Reads a JSON object whose values are the rows: `{"first": {...}, "second": {...}}`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from pitchpipe import Row
from pitchpipe_components.files.json_outline import PARTS_OF_A_ROW, Outline
from pitchpipe_components.files.json_scan import Walk, json_key, unbroken
from pitchpipe_components.files.json_values import mended
from pitchpipe_components.files.lines import Unreadable
from pitchpipe_components.files.opening import OpenedFile

BATCH = 1000  # rows that one part holds
MANY = 100  # objects after which the rest is taken to be alike
FEWEST = 3  # rows; fewer objects may be the parts of one row


@dataclass(frozen=True)
class JsonKeyed:
    """Some rows with their lines and keys, as raw JSON.

    `first` is the number of the first row, if rows are known by number; otherwise 0.
    """

    file: str
    values: tuple[tuple[int, str, bytes], ...]
    first: int

    def rows(self) -> Iterator[Row]:
        for number, (line, key, text) in enumerate(self.values, self.first):
            row = mended(text, self.file, line)[0]
            if isinstance(row.data, dict):
                row.data = {"id": key, **row.data}
            row.line = number if self.first else line
            yield row


def are_keyed(outline: Outline) -> bool:
    """Whether an object holds nothing but rows: objects with keys in common, none of them a part of a row."""
    values = list(outline.values.values())
    if any(value.kind != "object" for value in values) or outline.followed or not values:
        return False
    numbered = len(values) > 1 and all(key.isdecimal() for key in outline.values)
    alike = set(values[0].keys).intersection(*(value.keys for value in values))
    return (
        len(alike) > 1 and (numbered or len(values) >= FEWEST) and not PARTS_OF_A_ROW & outline.values.keys()
    )


def keyed_parts(opened: OpenedFile, longest: int, troubles: list[str]) -> Iterator[JsonKeyed | Unreadable]:
    """Cuts the object into parts of whole rows; where its JSON breaks, an error row says so."""
    walk = Walk(unbroken(opened, opened.begin, troubles), opened.begin, longest)
    errors: list[str] = []
    rows = _values(walk, errors)
    first, by_number = 1, None
    while batch := tuple(islice(rows, BATCH)):
        if by_number is None:
            by_number = any(row[0] == following[0] for row, following in pairwise(batch))
        yield JsonKeyed(opened.name, batch, first if by_number else 0)
        first += len(batch)
    for trouble in troubles or errors:
        yield Unreadable(opened.name, first if by_number else walk.line(), "", trouble)


def _values(walk: Walk, errors: list[str]) -> Iterator[tuple[int, str, bytes]]:
    try:
        walk.expect(b"{")
        while walk.peek() == b'"':
            line, key = walk.line(), json_key(walk.take())
            walk.expect(b":")
            walk.peek()
            yield line, key, walk.value()
            if walk.peek() == b",":
                walk.at += 1
        walk.expect(b"}")
    except ValueError as error:
        errors.append(f"not JSON: {error}; what follows is lost")
