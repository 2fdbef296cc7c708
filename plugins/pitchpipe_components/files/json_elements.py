"""Reads whole elements of a JSON list: all at once if they are sound, otherwise one by one.

A broken element becomes an error row. Reading goes on at the next place that looks like the first element's
beginning. A row is known by its line, or by its number if the list holds several rows on one line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from pitchpipe import Row
from pitchpipe_components.files.json_runs import WHOLE, SoundRuns
from pitchpipe_components.files.json_scan import CUT_OFF, GAP, as_list, opening, repeated, value_end
from pitchpipe_components.files.json_values import REFUSED, SHOWN, mended, shown
from pitchpipe_components.files.lines import too_long
from pitchpipe_components.files.opening import Text, read

CLOSE = ord("]")

# What ends a block. "": nothing, another block follows. "list": the end of its list. "only list": the end of
# a list that is the whole file. "file": the end of a file of values without a list around them.
Ending = Literal["", "list", "only list", "file"]
# What shows, behind the bracket that should end a list, that its elements go on. A key may follow a list.
GOES_ON: dict[Ending, bytes] = {"": b"{", "list": b"{", "only list": b'{"', "file": b""}


@dataclass(frozen=True)
class Elements:
    """A block of whole elements. `trouble` says why the file breaks off, if it does.

    `row` is the number of its first row, if rows are known by number; otherwise 0. `like` is the beginning of
    the file's first element, `longest` the most bytes of an element.
    """

    file: str
    line: int
    text: Text
    ending: Ending = ""
    trouble: str = ""
    like: bytes = b""
    longest: int = 1 << 62
    row: int = 0

    def rows(self) -> Iterator[Row]:
        block = read(self.text)
        elements = None if self.trouble or len(block) > self.longest else self._elements(block)
        try:
            raws = WHOLE.decode(elements) if elements else None
        except REFUSED:
            raws = None
        if raws is None:
            rows = self._carefully(block)
            return _by_number(rows, self.row) if self.row else rows
        return self._numbered(raws) if self.row else self._by_line(block, raws, 0, self.line)

    def _elements(self, block: bytes) -> bytes | None:
        """Returns the elements as a list of their own, unless the block does not end as it should."""
        if self.ending not in ("list", "only list"):
            return as_list(block, 0, len(block))
        close = block.rfind(b"]")
        return None if close < 0 or block[close + 1 :].strip(b" \t\r\n,") else as_list(block, 0, close)

    def _numbered(self, raws: list[msgspec.Raw]) -> Iterator[Row]:
        decode, file = msgspec.json.Decoder().decode, self.file
        for number, raw in enumerate(raws, self.row):
            try:
                row = Row(decode(raw), file, number)
            except REFUSED:
                row = mended(bytes(raw), file, number)[0]
            yield row

    def _by_line(self, block: bytes, raws: list[msgspec.Raw], at: int, line: int) -> Iterator[Row]:
        """Reads sound elements; `line` is the line at the offset `at`, where they begin."""
        decode, file, counted = msgspec.json.Decoder().decode, self.file, at
        for raw in raws:
            text = memoryview(raw)
            start = block.find(text[0], at)  # between elements are only spaces and commas
            line += block.count(b"\n", counted, start)
            at, counted = start + len(text), start
            try:
                row = Row(decode(raw), file, line)
            except REFUSED:
                row = mended(bytes(raw), file, line)[0]
            yield row

    def _carefully(self, block: bytes) -> Iterator[Row]:
        """Reads one element after the other, and skips from a broken one to the beginning of the next."""
        at, line = 0, self.line
        like, closed = b"", False
        runs = SoundRuns(block, self.like if len(block) <= self.longest else b"")
        while True:
            start = GAP.match(block, at).end()
            line += block.count(b"\n", at, start)
            elements, at = runs.after(start)
            if elements:
                yield from self._by_line(block, elements, start, line)
                line += block.count(b"\n", start, at)
                like = opening(bytes(elements[-1]), 0) or like
                continue
            if start < len(block) and block[start] == CLOSE and self._goes_on(block, start):
                error = f"not JSON: the list ends on line {line}, and elements follow"
                yield Row("]", self.file, line, error)
                at, closed = start + 1, True
                continue
            if start == len(block) or block[start] == CLOSE:
                yield from self._end(block, start, line, closed)
                return
            rows, at = self._element(block, start, line, like)
            yield from rows
            like = like if rows and rows[-1].error else opening(block, start) or like
            if at == len(block) and (error := rows[-1].error):  # the element may hold the end of the list
                if self.trouble not in error:
                    yield Row("", self.file, line, self.trouble)
                return
            line += block.count(b"\n", start, at)

    def _element(self, block: bytes, start: int, line: int, like: bytes) -> tuple[list[Row], int]:
        """Returns the rows of the element that begins here, and its end."""
        end = value_end(block, start)
        if end == CUT_OFF and block[start] not in b'"[{' and self.ending == "file":
            end = len(block)  # a bare word ends with the file
        if end - start > self.longest:
            text = shown(block[start : start + SHOWN])
            return [Row(text, self.file, line, too_long(self.longest))], end
        rows = row_of(block[start:end], self.file, line) if end > 0 else []
        if len(rows) == 1 and not rows[0].error:
            return rows, end
        error = rows[-1].error if rows else ""
        like = like or self.like or repeated(block, start, opening(block, start))
        following = block.find(like, start + 1) if like else -1
        if following < 0:
            following = len(block)
            if end == CUT_OFF and self.ending:
                error = self.trouble or "not JSON: the file ends inside this value"
        error = error or "not JSON: brackets or quotes do not match"
        below = block.count(b"\n", start, following)
        if below:
            error += f" (lines {line} to {line + below})"
        return [Row(shown(block[start:following]), self.file, line, error)], following

    def _goes_on(self, block: bytes, close: int) -> bool:
        """Whether an element follows the bracket that should end the list."""
        following = GAP.match(block, close + 1).end()
        return following < len(block) and block[following] in GOES_ON[self.ending]

    def _end(self, block: bytes, at: int, line: int, closed_before: bool) -> Iterator[Row]:
        """Yields an error row if the list does not end as it should."""
        rest, closed = block[at + 1 :].strip(), at < len(block)
        if closed and (rest or not self.ending) and self.ending != "list":
            error = f"not JSON: the list ends on line {line}, and this follows"
            yield Row(shown(rest or block[at:]), self.file, line, error)
        if self.trouble or (not (closed or closed_before) and self.ending in ("list", "only list")):
            error = self.trouble or "not JSON: the list has no end, the file may be cut off"
            yield Row("", self.file, line, error)


def _by_number(rows: Iterator[Row], first: int) -> Iterator[Row]:
    for number, row in enumerate(rows, first):
        row.line = number
        yield row


def sound_opening(block: bytes) -> bytes:
    """Returns the first element's beginning, if that element is sound or another one begins alike."""
    first = GAP.match(block).end()
    like = opening(block, first)
    if not like or block.find(like, first + 1) >= 0:
        return like
    end = value_end(block, first)
    return like if end > 0 and not any(row.error for row in row_of(block[first:end], "", 0)) else b""


def row_of(text: bytes, file: str, line: int) -> list[Row]:
    """Reads one element as a row; a mended element may give several."""
    try:
        return [Row(msgspec.json.decode(text), file, line)]
    except REFUSED:
        return mended(text, file, line)
