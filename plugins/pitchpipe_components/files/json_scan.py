"""Finds where JSON values end, without decoding them. Every step is one search of a compiled pattern."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Protocol, cast

from pitchpipe_components.files.compression import Broken
from pitchpipe_components.files.opening import OpenedFile


class _Always(Protocol):
    """A pattern that matches everywhere, be it nothing: an answer is never None."""

    def match(self, text: bytes, start: int = 0, end: int = sys.maxsize, /) -> re.Match[bytes]: ...


def _always(pattern: bytes) -> _Always:
    return cast(_Always, re.compile(pattern, re.S))


CUT_OFF, BROKEN = 0, -1  # a value has no end: the text ends first, or brackets do not match

# Possessive groups, `(...)*+`, are broken in Python before 3.11.5; possessive characters are not.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
STRING = re.compile(_STRING, re.S)
SPACE = _always(rb"\s*+")
SCALAR = re.compile(rb'[^\s,\[\]{}":]++')
PLAIN = _always(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*")
OUTSIDE = _always(rb'(?:[^"]++|' + _STRING + rb")*")
# The gap between two elements of a list. A missing or extra comma loses no element.
GAP = _always(rb"[\s,]*+")
OPENING = re.compile(rb"\{\s*" + _STRING, re.S)
LIST_END = re.compile(rb'\Z|\]\s*(?:\Z|\}|,\s*")')
SHAPES = 16  # beginnings of objects that are tried, where the first element gives none
CLOSES = {ord("["): ord("]"), ord("{"): ord("}")}


def as_list(block: bytes, start: int, end: int) -> bytes:
    """Returns a part of a block as a JSON list, without commas at its ends; it is copied only once."""
    start = GAP.match(block, start, end).end()
    while end > start and block[end - 1] in b" \t\r\n,":
        end -= 1
    return b"".join((b"[", memoryview(block)[start:end], b"]"))


def value_end(text: bytes, start: int) -> int:
    """Returns the end of the value that begins at `start`, or CUT_OFF, or BROKEN."""
    if text[start] not in CLOSES:
        pattern = STRING if text[start] == 34 else SCALAR
        found = pattern.match(text, start)
        if found and found.end() < len(text):
            return found.end()
        return CUT_OFF if found or text[start] == 34 else BROKEN
    expected: list[int] = []
    at = start
    while True:
        at = PLAIN.match(text, at).end()
        if at == len(text) or text[at] == 34:  # a string without an end
            return CUT_OFF
        byte = text[at]
        at += 1
        if byte in CLOSES:
            expected.append(CLOSES[byte])
        elif byte != expected.pop():
            return BROKEN
        if not expected:
            return at


def opening(text: bytes, start: int) -> bytes:
    """Returns an object's beginning up to its first key: `{"instruction"`. The next object begins alike.

    In sound JSON no string holds these bytes, because quotes in a string are escaped.
    """
    found = OPENING.match(text, start)
    key = found and json_key(found[0][found[0].index(b'"') :])
    return found[0] if found and key and any(character.isalnum() for character in key) else b""


def repeated(text: bytes, start: int, like: bytes) -> bytes:
    """Returns the beginning by which elements after `start` are found: `like` if it stands there.

    If it does not, the text tells: elements follow each other up to the end of their list, and objects inside
    an element do not.
    """
    if like and text.find(like, start + 1) >= 0:
        return like
    furthest, best = start, b""
    tried: set[bytes] = set()
    for found in OPENING.finditer(text, start + 1):
        like = opening(text, found.start())
        if like and like not in tried and len(tried) < SHAPES:
            tried.add(like)
            reached = _list_end(text, found.start())
            furthest, best = max((furthest, best), (reached, like), key=lambda pair: pair[0])
    return best


def _list_end(text: bytes, start: int) -> int:
    """Returns where objects that follow each other from `start` on reach an end; 0 if they do not."""
    at = start
    while at < len(text) and text[at] == ord("{"):
        end = value_end(text, at)
        if end <= 0:
            return len(text) if end == CUT_OFF else 0
        at = GAP.match(text, end).end()
    return at if LIST_END.match(text, at) else 0


def in_string(text: bytes, start: int, place: int) -> bool:
    """Whether a place is inside a string, if `start` is outside of any."""
    return OUTSIDE.match(text, start, place).end() < place


def json_key(text: bytes) -> str:
    """Decodes a quoted key, even if it is not valid JSON."""
    try:
        return str(json.loads(text))
    except ValueError:
        return text.decode(errors="replace").strip('"')


class Walk:
    """Walks through JSON text of any size and holds no more than one chunk and one string of it."""

    def __init__(self, chunks: Iterator[bytes], offset: int, longest: int, line: int = 1):
        self.chunks, self.longest = chunks, longest
        self.text, self.at = b"", 0
        self._offset, self._line, self._counted = offset, line, 0

    @property
    def offset(self) -> int:
        """The offset in the file."""
        return self._offset + self.at

    def line(self) -> int:
        """Returns the current line."""
        self._line += self.text.count(b"\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def more(self) -> bool:
        """Drops the text that was passed and adds the next chunk; false at the end."""
        self.line()
        self._offset = self.offset
        chunk = next(self.chunks, b"")
        self.text, self.at, self._counted = self.text[self.at :] + chunk, 0, 0
        if len(self.text) > self.longest + len(chunk):
            raise ValueError("a value is too long")
        return bool(chunk)

    def peek(self) -> bytes:
        """Returns the next byte that is not white space; an empty text at the end."""
        while True:
            rest = self.text[self.at : self.at + 1]
            if rest and rest not in b" \t\r\n":
                return rest
            if rest:
                self.at = SPACE.match(self.text, self.at).end()
            elif not self.more():
                return b""

    def expect(self, byte: bytes) -> None:
        if self.peek() != byte:
            raise ValueError(f"no {byte.decode()} where one should be")
        self.at += 1

    def take(self) -> bytes:
        """Takes a whole string, number or word."""
        pattern = STRING if self.peek() == b'"' else SCALAR
        found = pattern.match(self.text, self.at)
        while (not found or found.end() == len(self.text)) and (found or pattern is STRING):
            more = self.more()
            found = pattern.match(self.text, self.at)
            if not more:
                break
        if not found:
            raise ValueError("no value where one should be, or a string that does not end")
        self.at = found.end()
        return found[0]

    def skip(self) -> None:
        """Skips a whole value, however long it is."""
        if self.peek() not in (b"{", b"["):
            self.take()
            return
        depth = 0
        while True:
            self.at = PLAIN.match(self.text, self.at).end()
            byte = self.text[self.at : self.at + 1]
            if byte in (b"", b'"'):
                if not self.more():
                    raise ValueError("the file ends inside a value")
                continue
            self.at += 1
            depth += 1 if byte in b"[{" else -1
            if not depth:
                return

    def value(self) -> bytes:
        """Takes a whole value as raw JSON."""
        if self.peek() not in (b"{", b"["):
            return self.take()
        while (end := value_end(self.text, self.at)) == CUT_OFF and self.more():
            pass
        if end <= 0:
            raise ValueError("the file ends inside a value" if end == CUT_OFF else "brackets do not match")
        taken = self.text[self.at : end]
        self.at = end
        return taken


def unbroken(opened: OpenedFile, start: int, troubles: list[str]) -> Iterator[bytes]:
    """Yields chunks up to the place where the file breaks off, and appends the cause to `troubles`."""
    try:
        yield from opened.chunks(start)
    except Broken as broken:
        troubles.append(str(broken))
