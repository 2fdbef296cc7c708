"""Reads JSON files of one value: a list of rows, an object that holds one, an object of columns, or one row.

A first walk through an object reads only its keys. They show what the object is and where its rows begin.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from pitchpipe import PitchpipeError, Row, suggest
from pitchpipe_components.files.compression import Broken
from pitchpipe_components.files.json_elements import Elements
from pitchpipe_components.files.json_list import list_parts
from pitchpipe_components.files.json_scan import Walk, json_key
from pitchpipe_components.files.json_values import mended
from pitchpipe_components.files.lines import Lines, Unreadable, line_parts
from pitchpipe_components.files.opening import Opened

# A list of objects under one of these is the list of rows.
LISTS = ("data", "rows")
# A list under one of these is a part of a row.
PARTS_OF_A_ROW = {
    "conversations", "conversation", "messages", "turns", "dialog", "dialogue", "history", "thread",
    "instances", "Instances", "chosen", "rejected", "completions", "responses", "answers", "outputs",
    "replies", "models", "tools",
}  # fmt: skip
BATCH = 1000  # rows of columns that one part holds


@dataclass
class Value:
    """The value of a key of the outermost object: a list of "objects", of "others", or no list ("")."""

    offset: int
    line: int
    kind: str = ""
    count: int = 0


@dataclass
class Outline:
    """The keys of an object, and whether anything follows the object, on the same line or below."""

    values: dict[str, Value] = field(default_factory=dict)
    rows_in: str = ""
    followed: bool = False
    followed_below: bool = False
    lines: int = 0


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


Part = Elements | Lines | Unreadable | JsonColumns


def document_parts(opened: Opened, key: str | None, longest: int) -> Iterator[Part]:
    """Cuts a file that begins with a bracket into parts."""
    troubles: list[str] = []
    walk = Walk(_unbroken(opened, opened.begin, troubles), opened.begin, longest)
    if walk.peek() == b"[":
        if key is not None:
            raise PitchpipeError(f"{opened.path} is a list, and has no '{key}': leave out field")
        walk.at += 1
        return list_parts(opened, walk.offset, walk.line(), "only list", longest)
    outline = _outline(walk, key)
    if key is not None and outline.rows_in != key:
        lists = [name for name, value in outline.values.items() if value.kind]
        raise PitchpipeError(f"{opened.path} has no list under '{key}'.{suggest(key, lists)}")
    if outline.rows_in:
        value = outline.values[outline.rows_in]
        return list_parts(opened, value.offset, value.line, "list", longest)
    if outline.lines == 1 and outline.followed_below:
        return line_parts(opened, True, longest)
    if _are_columns(outline):
        return _column_parts(opened, outline, longest, troubles)
    return list_parts(opened, opened.begin, 1, "file", longest)


def _outline(walk: Walk, key: str | None) -> Outline:
    """Walks through an object until the place of its rows is clear, or until its JSON breaks."""
    outline = Outline()
    try:
        walk.peek()
        first_line = walk.line()
        walk.expect(b"{")
        while walk.peek() == b'"':
            name = json_key(walk.take())
            walk.expect(b":")
            value = outline.values[name] = _begin_value(walk)
            if name == key or (key is None and name in LISTS and value.kind == "objects"):
                outline.rows_in = name if value.kind else ""
                return outline
            _skip_value(walk, value)
            if walk.peek() == b",":
                walk.at += 1
        walk.expect(b"}")
        outline.lines = walk.line() - first_line + 1
        outline.followed = bool(walk.peek())
        outline.followed_below = outline.followed and walk.line() > first_line
    except ValueError:
        pass
    lists = [name for name, value in outline.values.items() if value.kind == "objects"]
    parts = PARTS_OF_A_ROW & outline.values.keys()
    if key is None and len(lists) == 1 and not parts and not outline.followed:
        outline.rows_in = lists[0]
    return outline


def _begin_value(walk: Walk) -> Value:
    """Tells what value begins here; in a list, moves on to the first element."""
    if walk.peek() != b"[":
        return Value(walk.offset, walk.line())
    walk.at += 1
    kind = {b"{": "objects", b"": ""}.get(walk.peek(), "others")
    return Value(walk.offset, walk.line(), kind)


def _skip_value(walk: Walk, value: Value) -> None:
    """Skips a value and counts the elements of a list."""
    if not value.kind:
        walk.skip()
        return
    while walk.peek() != b"]":
        walk.skip()
        value.count += 1
        if walk.peek() == b",":
            walk.at += 1
    walk.at += 1


def _are_columns(outline: Outline) -> bool:
    values = outline.values.values()
    return (
        len(values) > 1
        and not outline.followed
        and bool(outline.lines)
        and all(value.kind == "others" and value.count for value in values)
        and len({value.count for value in values}) == 1
    )


def _column_parts(opened: Opened, outline: Outline, longest: int, troubles: list[str]) -> Iterator[Part]:
    """Reads all columns side by side, each from its own place in the file."""
    columns = outline.values
    walks = [Walk(_unbroken(opened, v.offset, []), v.offset, longest, v.line) for v in columns.values()]
    rows = zip(*(_cells(walk) for walk in walks), strict=True)
    first, by_number = 1, None
    while batch := tuple((row[0][0], tuple(text for _, text in row)) for row in islice(rows, BATCH)):
        if by_number is None:
            by_number = any(cells[0] == following[0] for cells, following in pairwise(batch))
        yield JsonColumns(opened.name, tuple(columns), batch, first if by_number else 0)
        first += len(batch)
    for trouble in troubles:
        yield Unreadable(opened.name, outline.lines, "", trouble)


def _cells(walk: Walk) -> Iterator[tuple[int, bytes]]:
    while walk.peek() not in (b"]", b""):
        line = walk.line()
        yield line, walk.value()
        if walk.peek() == b",":
            walk.at += 1


def _unbroken(opened: Opened, start: int, troubles: list[str]) -> Iterator[bytes]:
    """Yields chunks up to the place where the file breaks off, and appends the cause to `troubles`."""
    try:
        yield from opened.chunks(start)
    except Broken as broken:
        troubles.append(str(broken))
