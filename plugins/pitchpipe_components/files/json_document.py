"""Reads JSON files of one value: a list of rows, an object that holds one, an object of columns, or one row.

A first walk through an object reads only its keys. They show what the object is and where its rows begin.
"""

from collections.abc import Iterator

from pitchpipe import PitchpipeError, suggest
from pitchpipe_components.files.json_columns import JsonColumns, are_columns, column_parts
from pitchpipe_components.files.json_elements import Elements
from pitchpipe_components.files.json_keyed import MANY, JsonKeyed, are_keyed, keyed_parts
from pitchpipe_components.files.json_list import list_parts
from pitchpipe_components.files.json_outline import KEYS, PARTS_OF_A_ROW, Outline, Value
from pitchpipe_components.files.json_scan import Walk, json_key, unbroken
from pitchpipe_components.files.lines import Lines, Unreadable, line_parts
from pitchpipe_components.files.opening import OpenedFile

# A list of objects under one of these is the list of rows.
LISTS = ("data", "rows")
SPLITS = {"train", "test", "validation", "valid", "val", "dev", "eval"}


Part = Elements | Lines | Unreadable | JsonColumns | JsonKeyed


def document_parts(opened: OpenedFile, key: str | None, longest: int) -> Iterator[Part]:
    """Cuts a file that begins with a bracket into parts."""
    troubles: list[str] = []
    walk = Walk(unbroken(opened, opened.begin, troubles), opened.begin, longest)
    if walk.peek() == b"[":
        if key is not None:
            raise PitchpipeError(f"{opened.path} is a list, and has no '{key}': leave out field")
        walk.at += 1
        return list_parts(opened, walk.offset, walk.line(), "only list", longest)
    outline = _outline(walk, key)
    if key is not None and outline.rows_in != key:
        lists = [name for name, value in outline.values.items() if value.is_list]
        raise PitchpipeError(f"{opened.path} has no list under '{key}'.{suggest(key, lists)}")
    if outline.rows_in:
        value = outline.values[outline.rows_in]
        return list_parts(opened, value.offset, value.line, "list", longest)
    if outline.lines == 1 and outline.followed_below:
        return line_parts(opened, True, longest)
    if len(splits := _lists_of_splits(outline)) > 1:
        names = " and ".join(f"'{name}'" for name in splits)
        raise PitchpipeError(f"{opened.path} holds lists of rows under {names}. Name one: field: {splits[0]}")
    if are_columns(outline):
        return column_parts(opened, outline, longest, troubles)
    if are_keyed(outline):
        return keyed_parts(opened, longest, troubles)
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
                outline.rows_in = name if value.is_list else ""
                return outline
            _skip_value(walk, value)
            if len(outline.values) == MANY and are_keyed(outline):
                return outline
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
        return Value(walk.offset, walk.line(), "object" if walk.peek() == b"{" else "")
    walk.at += 1
    kind = {b"{": "objects", b"": ""}.get(walk.peek(), "others")
    return Value(walk.offset, walk.line(), kind)


def _skip_value(walk: Walk, value: Value) -> None:
    """Skips a value and counts the elements of a list or an object."""
    if not value.kind:
        walk.skip()
        return
    if value.kind == "object":
        walk.at += 1
        while walk.peek() == b'"':
            name = json_key(walk.take())
            walk.expect(b":")
            walk.skip()
            value.count += 1
            value.keys += (name,) if len(value.keys) < KEYS else ()
            if walk.peek() == b",":
                walk.at += 1
        walk.expect(b"}")
        return
    while walk.peek() != b"]":
        walk.skip()
        value.count += 1
        if walk.peek() == b",":
            walk.at += 1
    walk.at += 1


def _lists_of_splits(outline: Outline) -> list[str]:
    """Returns the splits whose rows stand side by side; to read one would lose the others."""
    return [name for name, value in outline.values.items() if name in SPLITS and value.kind == "objects"]
