"""JSON files that are one value: a list of rows, an object that holds one, an object of columns, or one row.

An object is first walked through for its keys alone. Then it is known what it is, and where its rows begin.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from pitchpipe import PitchpipeError, Row, suggest
from pitchpipe_components.loaders.compression import Broken
from pitchpipe_components.loaders.json_elements import Elements
from pitchpipe_components.loaders.json_list import list_parts
from pitchpipe_components.loaders.json_scan import Walk, json_key
from pitchpipe_components.loaders.json_values import mended
from pitchpipe_components.loaders.lines import Lines, Unreadable, line_parts
from pitchpipe_components.loaders.opening import Opened

# A list of objects under one of these is the list of rows.
LISTS = ("data", "rows")
# A list under one of these is part of a row.
PARTS_OF_A_ROW = {
    "conversations", "conversation", "messages", "turns", "dialog", "dialogue", "history", "thread",
    "instances", "Instances", "chosen", "rejected", "completions", "responses", "answers", "outputs",
    "replies", "models", "tools",
}  # fmt: skip
BATCH = 1000  # rows of columns that one part holds


@dataclass
class Value:
    """What a key of the outermost object holds: objects in a list, other things in a list, or neither."""

    offset: int
    line: int
    kind: str = ""
    count: int = 0


@dataclass
class Outline:
    """The keys of an object, and what comes after it."""

    values: dict[str, Value] = field(default_factory=dict)
    rows_in: str = ""
    followed: bool = False
    lines: int = 0


@dataclass(frozen=True)
class Columns:
    """Some rows of an object of columns, each cell as it is written."""

    file: str
    names: tuple[str, ...]
    cells: tuple[tuple[int, tuple[bytes, ...]], ...]

    def rows(self) -> Iterator[Row]:
        for line, texts in self.cells:
            read = [mended(text, self.file, line)[0] for text in texts]
            error = next((cell.error for cell in read if cell.error), "")
            notes = dict.fromkeys(note for cell in read for note in cell.notes)
            data = dict(zip(self.names, (cell.data for cell in read), strict=True))
            yield Row(data, self.file, line, error, tuple(notes))


Part = Elements | Lines | Unreadable | Columns


def document_parts(opened: Opened, key: str | None, longest: int) -> Iterator[Part]:
    """The parts of a file that begins with a bracket."""
    troubles: list[str] = []
    walk = Walk(_unbroken(opened, opened.begin, troubles), opened.begin, longest)
    if walk.peek() == b"[":
        if key is not None:
            raise PitchpipeError(f"{opened.path} is a list, and has no '{key}': leave out field")
        walk.at += 1
        return list_parts(opened, walk.offset, walk.line(), "only list", longest)
    seen = _outline(walk, key)
    if key is not None and seen.rows_in != key:
        lists = [name for name, value in seen.values.items() if value.kind]
        raise PitchpipeError(f"{opened.path} has no list under '{key}'.{suggest(key, lists)}")
    if seen.rows_in:
        value = seen.values[seen.rows_in]
        return list_parts(opened, value.offset, value.line, "list", longest)
    if seen.followed and seen.lines == 1:
        return line_parts(opened, True, longest)
    if _are_columns(seen):
        return _column_parts(opened, seen, longest, troubles)
    return list_parts(opened, opened.begin, 1, "file", longest)


def _outline(walk: Walk, key: str | None) -> Outline:
    """Walk through an object until it is known where its rows are, or up to where it breaks."""
    seen = Outline()
    try:
        walk.peek()
        begun = walk.line()
        walk.expect(b"{")
        while walk.peek() == b'"':
            name = json_key(walk.take())
            walk.expect(b":")
            value = seen.values[name] = _look(walk)
            if name == key or (key is None and name in LISTS and value.kind == "objects"):
                seen.rows_in = name if value.kind else ""
                return seen
            _pass(walk, value)
            if walk.peek() == b",":
                walk.at += 1
        walk.expect(b"}")
        seen.lines = walk.line() - begun + 1
        seen.followed = bool(walk.peek())
    except ValueError:
        pass
    lists = [name for name, value in seen.values.items() if value.kind == "objects"]
    if key is None and len(lists) == 1 and not PARTS_OF_A_ROW & seen.values.keys() and not seen.followed:
        seen.rows_in = lists[0]
    return seen


def _look(walk: Walk) -> Value:
    """What stands here; in a list it goes on to the first element."""
    if walk.peek() != b"[":
        return Value(walk.offset, walk.line())
    walk.at += 1
    kind = {b"{": "objects", b"": ""}.get(walk.peek(), "others")
    return Value(walk.offset, walk.line(), kind)


def _pass(walk: Walk, value: Value) -> None:
    """Go past a value, and count the elements of a list of other things than objects."""
    if not value.kind:
        walk.skip()
        return
    while walk.peek() != b"]":
        walk.skip()
        value.count += 1
        if walk.peek() == b",":
            walk.at += 1
    walk.at += 1


def _are_columns(seen: Outline) -> bool:
    values = seen.values.values()
    return (
        len(values) > 1
        and not seen.followed
        and bool(seen.lines)
        and all(value.kind == "others" and value.count for value in values)
        and len({value.count for value in values}) == 1
    )


def _column_parts(opened: Opened, seen: Outline, longest: int, troubles: list[str]) -> Iterator[Part]:
    """Each column is read from where it begins, all side by side."""
    walks = [Walk(_unbroken(opened, v.offset, []), v.offset, longest, v.line) for v in seen.values.values()]
    rows = zip(*(_cells(walk) for walk in walks), strict=True)
    while batch := tuple((row[0][0], tuple(text for _, text in row)) for row in islice(rows, BATCH)):
        yield Columns(opened.name, tuple(seen.values), batch)
    for trouble in troubles:
        yield Unreadable(opened.name, seen.lines, "", trouble)


def _cells(walk: Walk) -> Iterator[tuple[int, bytes]]:
    while walk.peek() not in (b"]", b""):
        line = walk.line()
        yield line, walk.value()
        if walk.peek() == b",":
            walk.at += 1


def _unbroken(opened: Opened, start: int, troubles: list[str]) -> Iterator[bytes]:
    """Chunks up to where the file breaks off, and why it does."""
    try:
        yield from opened.chunks(start)
    except Broken as broken:
        troubles.append(str(broken))
