"""Reads JSON that a strict reader refuses, and notes what had to be mended."""

import json
import re
from typing import Any

from msgspec import DecodeError

from pitchpipe import Row

# The errors of the strict, fast reader.
REFUSED = (DecodeError, UnicodeDecodeError, RecursionError)
SHOWN = 1 << 16  # characters of unreadable text that an error row keeps
# An escaped backslash, a surrogate pair, or (in the group) a lone surrogate.
SURROGATE = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
SPACE = re.compile(r"[ \t\r\n\ufeff]*")
COMMA = re.compile(r",?[ \t\r\n\ufeff]*")


def mended(text: bytes, file: str, line: int) -> list[Row]:
    """Reads the rows of a text that the strict reader refused; the last may be an error row that says why."""
    whole, notes = _repaired(text)
    rows: list[Row] = []
    at = _after(SPACE, whole, 0)
    while at < len(whole):
        try:
            data, end, value_notes = _value(whole, at)
        except (ValueError, RecursionError) as error:
            unread = whole[at:] if rows else text.decode("utf-8", "backslashreplace")
            rows.append(Row(unread.rstrip("\r\n")[:SHOWN], file, line, _why(error, whole, line)))
            break
        end = _after(SPACE, whole, end)
        at = _after(COMMA, whole, end)
        if at == len(whole) and whole.startswith(",", end):
            value_notes.append("comma after the object dropped")
        rows.append(Row(data, file, line, "", (*notes, *value_notes)))
    if len(rows) > 1:
        for row in rows:
            row.notes += ("several objects on one line",)
    return rows


def shown(text: bytes) -> str:
    """Writes unreadable text for an error row, shortened if it is long."""
    return text[:SHOWN].decode("utf-8", "backslashreplace")


def _repaired(text: bytes) -> tuple[str, list[str]]:
    """Decodes text and replaces invalid bytes and lone surrogates."""
    notes = []
    try:
        whole = text.decode()
    except UnicodeDecodeError:
        whole = text.decode(errors="replace")
        notes.append("invalid UTF-8 replaced")
    if "\\u" in whole and any(found[1] for found in SURROGATE.finditer(whole)):
        whole = SURROGATE.sub(lambda found: "\\ufffd" if found[1] else found[0], whole)
        notes.append("lone surrogate replaced")
    return whole, notes


def _value(whole: str, at: int) -> tuple[Any, int, list[str]]:
    """Returns the value at a place, its end, and notes on what was mended in it."""
    notes: list[str] = []
    try:
        return *_decoder(notes, True).raw_decode(whole, at), notes
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Invalid control character"):
            raise
    notes[:] = ["control character in a string kept"]
    return *_decoder(notes, False).raw_decode(whole, at), notes


def _decoder(notes: list[str], strict: bool) -> json.JSONDecoder:
    def constant(name: str) -> None:
        if (note := f"{name.lstrip('-')} read as null") not in notes:
            notes.append(note)

    def number(text: str) -> float | None:
        value = float(text)
        if abs(value) != float("inf"):
            return value
        constant("Infinity")
        return None

    return json.JSONDecoder(parse_constant=constant, parse_float=number, strict=strict)


def _after(pattern: re.Pattern[str], whole: str, at: int) -> int:
    found = pattern.match(whole, at)
    return found.end() if found else at


def _why(error: Exception, whole: str, line: int) -> str:
    if isinstance(error, RecursionError):
        return "not JSON: nested too deep"
    if not isinstance(error, json.JSONDecodeError):
        return f"not JSON: {str(error).partition(';')[0]}"
    below = whole.count("\n", 0, error.pos)
    place = f"line {line + below}, " if below and line else ""
    what = error.msg.rstrip(": ").removesuffix(" at").removesuffix(" starting")
    return f"not JSON: {what} at {place}column {error.colno}"
