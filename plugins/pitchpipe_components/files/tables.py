"""Reads tables written as text: CSV, TSV and the like. The first row names the columns; cells stay text."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.files.compression import Broken
from pitchpipe_components.files.dialect import Dialect, dialect_of
from pitchpipe_components.files.json_values import SHOWN
from pitchpipe_components.files.lines import too_long
from pitchpipe_components.files.opening import OpenedFile

BATCH = 1000  # rows that one part holds

# The line where a row begins, its cells, its error, and notes on what was mended.
Record = tuple[int, list[str], str, tuple[str, ...]]


@dataclass(frozen=True)
class Table:
    """Some rows of a table."""

    file: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]

    def rows(self) -> Iterator[Row]:
        columns, width = self.columns, len(self.columns)
        for line, cells, error, notes in self.records:
            if error:
                yield Row(cells, self.file, line, error)
            elif len(cells) != width:
                error = f"{len(cells)} cells where the header has {width}"
                yield Row(cells, self.file, line, error)
            else:
                yield Row(dict(zip(columns, cells, strict=True)), self.file, line, "", notes)


def table_parts(opened: OpenedFile, kind: str, longest: int) -> Iterator[Table]:
    """Cuts a table into parts of whole rows."""
    csv.field_size_limit(longest)
    dialect = dialect_of(opened, kind)
    records = _records(opened, dialect, longest)
    header = next((record for record in records if record[1] or record[2]), None)
    if header is None:
        return
    if header[2]:
        yield Table(opened.name, (), (header,))
        header = (0, [], "", ())
    columns = tuple(name.strip() or f"column {number}" for number, name in enumerate(header[1], 1))
    if repeated := {name for name in columns if columns.count(name) > 1}:
        raise PitchpipeError(f"{opened.path} has two columns '{min(repeated)}': rename one")
    rows = (record for record in records if record[1] or record[2])
    while batch := tuple(islice(rows, BATCH)):
        yield Table(opened.name, columns, batch)


def _records(opened: OpenedFile, dialect: Dialect, longest: int) -> Iterator[Record]:
    """Yields every row with the line where it begins; a quote that is still open at the end is an error."""
    lines = _Lines(opened, dialect.newline)
    text = islice(lines, dialect.above, None)
    reader = csv.reader(text, **dialect.options())
    while True:
        first_line = dialect.above + reader.line_num + 1
        lines.quotes = 0
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            reason = too_long(longest) if "field limit" in str(error) else f"not CSV: {error}"
            yield first_line, [], reason, ()
            continue
        if (
            lines.ended
            and dialect.quotes
            and lines.quotes % 2
            and dialect.above + reader.line_num > first_line
        ):
            reason = f"the quote that is open in the row of line {first_line} is never closed"
            yield first_line, [_readable(cell[:SHOWN]) for cell in cells], reason, ()
        elif lines.mended and _has_escapes("".join(cells)):
            yield first_line, [_readable(cell) for cell in cells], "", ("invalid UTF-8 replaced",)
        else:
            yield first_line, cells, "", ()
    if lines.trouble:
        yield dialect.above + reader.line_num + 1, [_readable(lines.rest)], lines.trouble, ()


def _readable(cell: str) -> str:
    """Replaces the lone surrogates that stand for bytes that are not UTF-8."""
    return cell.encode("utf-8", "surrogateescape").decode(errors="replace")


class _Lines:
    """Yields a file's lines to the csv module; counts quotes and remembers damage and the end of the file."""

    def __init__(self, opened: OpenedFile, newline: str):
        self.newline = newline
        self.quotes, self.ended, self.mended, self.trouble, self.rest = 0, False, False, "", ""
        self._lines = self._read(opened)

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.quotes += line.count('"')
            yield line
        self.ended = True

    def _read(self, opened: OpenedFile) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        rest = ""
        try:
            for chunk in opened.chunks():
                text = decoder.decode(chunk)
                if not text.isascii() and not self.mended:
                    self.mended = _has_escapes(text)
                *lines, rest = (rest + text).split(self.newline)
                for line in lines:
                    yield line + self.newline
        except Broken as broken:
            self.trouble, self.rest = str(broken), rest
            return
        rest += decoder.decode(b"", True)
        self.mended = self.mended or _has_escapes(rest)
        if rest:
            yield rest


def _has_escapes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
