"""Tables as text: CSV, TSV and their kin. The first row names the columns; cells stay text."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.loaders.compression import Broken
from pitchpipe_components.loaders.json_values import SHOWN
from pitchpipe_components.loaders.lines import too_long
from pitchpipe_components.loaders.opening import Opened

BATCH = 1000  # rows that one part holds
DELIMITERS = ",\t;|"
LOOKED_AT = 20  # rows that tell the delimiter

# The line where a row begins, its cells, what is wrong with it, what was mended.
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


def table_parts(opened: Opened, kind: str, longest: int) -> Iterator[Table]:
    """A table in parts of whole rows."""
    csv.field_size_limit(longest)
    delimiter = "\t" if kind == "tsv" else _delimiter(opened)
    records = _records(opened, delimiter, longest)
    header = next((record for record in records if record[1] or record[2]), None)
    if header is None:
        return
    if header[2]:
        yield Table(opened.name, (), (header,))
        header = (0, [], "", ())
    columns = tuple(name.strip() for name in header[1])
    if twice := {name for name in columns if columns.count(name) > 1}:
        raise PitchpipeError(f"{opened.path} has two columns '{min(twice)}': rename one")
    rows = (record for record in records if record[1] or record[2])
    while batch := tuple(islice(rows, BATCH)):
        yield Table(opened.name, columns, batch)


def _records(opened: Opened, delimiter: str, longest: int) -> Iterator[Record]:
    """Every row with the line where it begins. A quote that is open at the end is an error."""
    lines = _Lines(opened)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begun = reader.line_num + 1
        lines.quotes = 0
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            reason = too_long(longest) if "field limit" in str(error) else f"not CSV: {error}"
            yield begun, [], reason, ()
            continue
        if lines.over and lines.quotes % 2 and reader.line_num > begun:
            reason = f"the quote that is open in the row of line {begun} is never closed"
            yield begun, [_whole(cell[:SHOWN]) for cell in cells], reason, ()
        elif lines.mended and _has_escapes("".join(cells)):
            yield begun, [_whole(cell) for cell in cells], "", ("invalid UTF-8 replaced",)
        else:
            yield begun, cells, "", ()
    if lines.trouble:
        yield reader.line_num + 1, [_whole(lines.rest)], lines.trouble, ()


def _whole(cell: str) -> str:
    """Bytes that are no UTF-8, carried along as halves of characters, replaced."""
    return cell.encode("utf-8", "surrogateescape").decode(errors="replace")


class _Lines:
    """A file's lines as text, for the csv module. What it saw on the way is kept for whoever asks."""

    def __init__(self, opened: Opened):
        self.quotes, self.over, self.mended, self.trouble, self.rest = 0, False, False, "", ""
        self._lines = self._read(opened)

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.quotes += line.count('"')
            yield line
        self.over = True

    def _read(self, opened: Opened) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        rest = ""
        try:
            for chunk in opened.chunks():
                text = decoder.decode(chunk)
                if not text.isascii() and not self.mended:
                    self.mended = _has_escapes(text)
                *lines, rest = (rest + text).split("\n")
                for line in lines:
                    yield line + "\n"
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


def _delimiter(opened: Opened) -> str:
    """The one that cuts the first rows into most cells, as many in each."""
    try:
        head = next(opened.chunks(), b"")[: 1 << 16].decode(errors="replace")
    except Broken:
        return ","
    fits = {}
    for delimiter in DELIMITERS:
        widths = _widths(head, delimiter)
        even = sum(width == widths[0] for width in widths) / len(widths) if widths else 0
        fits[delimiter] = (even * (widths[0] > 1), widths[0]) if widths else (0, 0)
    return max(DELIMITERS, key=lambda delimiter: fits[delimiter])


def _widths(head: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        return [len(cells) for cells in islice(reader, LOOKED_AT) if cells]
    except csv.Error:
        return []
