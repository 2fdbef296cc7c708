"""Reads whole elements of a JSON list: all at once if they are sound, otherwise one by one.

A broken element becomes an error row. Reading goes on at the next place that looks like the first element's
beginning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from pitchpipe import Row
from pitchpipe_components.files.json_scan import CUT_OFF, GAP, opening, value_end
from pitchpipe_components.files.json_values import REFUSED, SHOWN, mended, shown
from pitchpipe_components.files.lines import too_long
from pitchpipe_components.files.opening import Text, read

WHOLE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[msgspec.Raw])
CLOSE = ord("]")

# What ends a block. "": nothing, another block follows. "list": the end of its list. "only list": the end of
# a list that is the whole file. "file": the end of a file of values without a list around them.
Ending = Literal["", "list", "only list", "file"]


@dataclass(frozen=True)
class Elements:
    """A block of whole elements. `trouble` says why the file breaks off, if it does.

    `like` is the beginning of the file's first element, `longest` the most bytes of an element.
    """

    file: str
    line: int
    text: Text
    ending: Ending = ""
    trouble: str = ""
    like: bytes = b""
    longest: int = 1 << 62

    def rows(self) -> Iterator[Row]:
        block = read(self.text)
        body = block.strip(b" \t\r\n,")
        closed = self.ending in ("list", "only list")
        if self.trouble or len(block) > self.longest or (closed and not body.endswith(b"]")):
            return self._carefully(block)
        try:
            raws = WHOLE.decode(b"[" + body + (b"" if closed else b"]"))
        except REFUSED:
            return self._carefully(block)
        return self._quickly(block, raws)

    def _quickly(self, block: bytes, raws: list[msgspec.Raw]) -> Iterator[Row]:
        decode, file, line, at = msgspec.json.Decoder().decode, self.file, self.line, 0
        several = b"\n" in block
        for raw in raws:
            if several:
                start = GAP.match(block, at).end()
                end = start + len(memoryview(raw))
                line += block.count(b"\n", at, start)
            try:
                row = Row(decode(raw), file, line)
            except REFUSED:
                row = mended(bytes(raw), file, line)[0]
            yield row
            if several:
                line += block.count(b"\n", start, end)
                at = end

    def _carefully(self, block: bytes) -> Iterator[Row]:
        """Reads one element after the other, and skips from a broken one to the beginning of the next."""
        at, line = 0, self.line
        like: bytes | None = None
        while True:
            start = GAP.match(block, at).end()
            line += block.count(b"\n", at, start)
            if start == len(block) or block[start] == CLOSE:
                yield from self._end(block, start, line)
                return
            like = opening(block, start) or self.like if like is None else like
            rows, at = self._element(block, start, line, like)
            yield from rows
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
        rows = _row_of(block[start:end], self.file, line) if end > 0 else []
        if len(rows) == 1 and not rows[0].error:
            return rows, end
        error = rows[-1].error if rows else ""
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

    def _end(self, block: bytes, at: int, line: int) -> Iterator[Row]:
        """Yields an error row if the list does not end as it should."""
        rest, closed = block[at + 1 :].strip(), at < len(block)
        if closed and (rest or not self.ending) and self.ending != "list":
            error = f"not JSON: the list ends on line {line}, and this follows"
            yield Row(shown(rest or block[at:]), self.file, line, error)
        if self.trouble or (not closed and self.ending in ("list", "only list")):
            error = self.trouble or "not JSON: the list has no end, the file may be cut off"
            yield Row("", self.file, line, error)


def _row_of(text: bytes, file: str, line: int) -> list[Row]:
    """Reads one element as a row; a mended element may give several."""
    try:
        return [Row(msgspec.json.decode(text), file, line)]
    except REFUSED:
        return mended(text, file, line)
