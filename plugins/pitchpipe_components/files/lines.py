"""Reads files of one row per line: JSON Lines and text. The main process finds line ends, workers parse."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from pitchpipe import Row
from pitchpipe_components.files.compression import BLOCK, Broken
from pitchpipe_components.files.json_values import REFUSED, mended, shown
from pitchpipe_components.files.opening import OpenedFile, Text, read


@dataclass(frozen=True)
class Unreadable:
    """A part of one error row, which says what could not be read."""

    file: str
    line: int
    data: str
    error: str

    def rows(self) -> Iterator[Row]:
        yield Row(self.data, self.file, self.line, self.error)


@dataclass(frozen=True)
class Lines:
    """Whole lines of a file. `longest` is the most bytes of a line."""

    file: str
    line: int
    text: Text
    json: bool
    longest: int

    def rows(self) -> Iterator[Row]:
        block = read(self.text)
        lines = block.split(b"\n")
        if len(block) > self.longest and max(map(len, lines)) > self.longest:
            return self._checked(lines)
        return self._json(lines, self.line) if self.json else self._plain(lines, self.line)

    def _json(self, lines: list[bytes], first: int) -> Iterator[Row]:
        decode, file = msgspec.json.Decoder().decode, self.file
        for number, line in enumerate(lines, first):
            try:
                row = Row(decode(line), file, number)
            except REFUSED:
                yield from mended(line, file, number)
            else:
                yield row

    def _plain(self, lines: list[bytes], first: int) -> Iterator[Row]:
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            try:
                row = Row({"text": line.decode().rstrip("\r")}, self.file, number)
            except UnicodeDecodeError:
                text = line.decode(errors="replace").rstrip("\r")
                row = Row({"text": text}, self.file, number, "", ("invalid UTF-8 replaced",))
            yield row

    def _checked(self, lines: list[bytes]) -> Iterator[Row]:
        read_one = self._json if self.json else self._plain
        for number, line in enumerate(lines, self.line):
            if len(line) > self.longest:
                yield Row(shown(line), self.file, number, too_long(self.longest))
            else:
                yield from read_one([line], number)


def line_parts(opened: OpenedFile, json: bool, longest: int) -> Iterator[Lines | Unreadable]:
    """Cuts a file into blocks of whole lines; a line that is too long is skipped without being held."""
    name, start, line = opened.name, opened.begin, 1
    pending, skipping, trouble = b"", False, ""
    try:
        for chunk in opened.chunks():
            if skipping:
                _, newline, rest = chunk.partition(b"\n")
                start += len(chunk) - len(rest)
                line += len(newline)
                skipping, chunk = not newline, rest
            end = chunk.rfind(b"\n") + 1
            if end:
                block, pending = pending + chunk[:end], chunk[end:]
                yield Lines(name, line, opened.text(start, block, len(block)), json, longest)
                start += len(block)
                line += block.count(b"\n")
            else:
                pending += chunk
            if len(pending) > max(longest, BLOCK):
                yield Unreadable(name, line, shown(pending), too_long(longest))
                start, pending, skipping = start + len(pending), b"", True
    except Broken as broken:
        trouble = str(broken)
    if trouble:
        yield Unreadable(name, line, shown(pending), trouble)
    elif pending:
        yield Lines(name, line, opened.text(start, pending, len(pending)), json, longest)


def too_long(longest: int) -> str:
    return f"longer than {longest} bytes: raise max_bytes to read it"
