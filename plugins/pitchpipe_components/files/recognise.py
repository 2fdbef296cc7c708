"""Recognises what a file holds by its content, and by its name only if the content does not show it."""

import re

from pitchpipe import PitchpipeError
from pitchpipe_components.files.compression import Broken
from pitchpipe_components.files.json_values import mended
from pitchpipe_components.files.opening import COLUMNAR, OpenedFile
from pitchpipe_components.files.paths import extension
from pitchpipe_components.files.stand_ins import foreign

SPACE = b" \t\r\n"
JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]|\[[ \t\r]*\n')
BY_NAME = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "text",
    ".text": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def recognised(opened: OpenedFile) -> str:
    """Returns the kind of a file: jsonl, json, csv, tsv, parquet, arrow or text."""
    head = _head(opened)
    for magic, kind in COLUMNAR.items():
        if head.startswith(magic):
            return kind
    text = head.lstrip(SPACE)
    if JSON.match(text):
        return "jsonl" if _is_lines(text) else "json"
    kind = BY_NAME.get(extension(opened.path), "jsonl" if not text else "")
    if kind in ("", "jsonl") and (what := foreign(head)):
        raise PitchpipeError(f"{opened.path} is {what}")
    if kind:
        return kind
    raise PitchpipeError(
        f"cannot tell what {opened.path} holds: say so with kind: jsonl, json, csv, tsv or text"
    )


def _head(opened: OpenedFile) -> bytes:
    try:
        return next(opened.chunks(), b"")
    except Broken:
        return b""


def _is_lines(text: bytes) -> bool:
    """Whether each line is a value of its own; false for a single line, which may be a whole list."""
    first, _, rest = text.partition(b"\n")
    rest = rest.lstrip(SPACE)
    if not rest:
        return False
    if not any(row.error for row in mended(first, "", 0)):
        return True
    inside = first.rstrip(SPACE)[-1:] in b"[{,:"  # as in `{"data": [`
    return not inside and rest[:1] in b"{["
