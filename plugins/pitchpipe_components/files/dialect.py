"""Recognises how a table of text is written: what cuts its cells and lines, and what quotes mean."""

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pitchpipe_components.files.compression import Broken
from pitchpipe_components.files.opening import OpenedFile

DELIMITERS = ",\t;|"
SAMPLE = 20  # rows that show the delimiter
STATED = re.compile(r"sep=([,;|\t])\r?\n")  # as Excel writes it above a table


@dataclass(frozen=True)
class Dialect:
    """How a table is written. `above` is the number of lines above its header."""

    delimiter: str
    newline: str = "\n"
    above: int = 0
    quotes: bool = True
    escapes: bool = False
    spaces: bool = False

    def options(self) -> dict[str, Any]:
        """Returns what the csv module must be told."""
        return {
            "delimiter": self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE,
            "escapechar": "\\" if self.escapes else None,
            "doublequote": not self.escapes,
            "skipinitialspace": self.spaces,
        }


def dialect_of(opened: OpenedFile, kind: str) -> Dialect:
    """Recognises the dialect of a table; `kind` tsv says that tabs cut its cells."""
    try:
        text = next(opened.chunks(), b"").decode(errors="replace")
    except Broken:
        text = ""
    stated = STATED.match(text)
    text = text[stated.end() :] if stated else text
    delimiter = "\t" if kind == "tsv" else stated[1] if stated else _delimiter(text[: 1 << 16])
    header = text.partition("\n")[0].split(delimiter)
    return Dialect(
        delimiter,
        newline="\r" if "\r" in text and "\n" not in text else "\n",
        above=1 if stated else 0,
        quotes=not _quotes_are_text(text, delimiter),
        escapes=_escapes(text[: 1 << 16], delimiter),
        spaces=len(header) > 1 and all(name.startswith(" ") for name in header[1:]),
    )


def _delimiter(head: str) -> str:
    """Returns the delimiter that cuts the first rows most evenly, and then into the most cells."""
    scores = {}
    for delimiter in DELIMITERS:
        widths = _widths(head, delimiter)
        even = sum(width == widths[0] for width in widths) / len(widths) if widths else 0
        scores[delimiter] = (even * (widths[0] > 1), widths[0]) if widths else (0, 0)
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _widths(head: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(head, newline=None), delimiter=delimiter)
    try:
        return [len(cells) for cells in islice(reader, SAMPLE) if cells]
    except csv.Error:
        return []


def _quotes_are_text(text: str, delimiter: str) -> bool:
    """Whether quotes are part of the cells, as in many tables that tabs cut.

    Then each line is a whole row, and in some cell a quote at the beginning has none at the end.
    """
    if delimiter != "\t" or '"' not in text:
        return False
    lines = text.split("\n")
    rows = [line.split("\t") for line in (lines[:-1] if len(lines) > SAMPLE else lines) if line]
    if any(len(row) != len(rows[0]) for row in rows):
        return False
    return any(cell.startswith('"') and not _is_quoted(cell) for row in rows for cell in row)


def _is_quoted(cell: str) -> bool:
    cell = cell.removesuffix("\r")
    return len(cell) > 1 and cell.endswith('"') and '"' not in cell[1:-1].replace('""', "")


def _escapes(head: str, delimiter: str) -> bool:
    """Whether a backslash stands before quotes inside cells: the table can be read so, and not as usual."""
    return '\\"' in head and not _reads(head, delimiter) and _reads(head, delimiter, escapechar="\\")


def _reads(head: str, delimiter: str, escapechar: str | None = None) -> bool:
    """Whether no quote stands where it must not, in the whole rows of a text."""
    text = io.StringIO(head, newline="")
    reader = csv.reader(
        text, delimiter=delimiter, strict=True, escapechar=escapechar, doublequote=not escapechar
    )
    try:
        return all(True for _ in reader)
    except csv.Error as error:
        return "unexpected end" in str(error)
