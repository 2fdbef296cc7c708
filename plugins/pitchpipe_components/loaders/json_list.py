"""Cut JSON lists of rows, of any size, into parts of whole elements.

The next element begins as the first one does, so the last such place in a block is where to cut. That it is
no place inside an element is proved by a fast parse that builds nothing; only where the proof fails are the
brackets counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pitchpipe_components.loaders.compression import BLOCK, Broken
from pitchpipe_components.loaders.json_elements import CLOSE, WHOLE, Elements, Ending
from pitchpipe_components.loaders.json_scan import CUT_OFF, GAP, in_string, opening, value_end
from pitchpipe_components.loaders.json_values import REFUSED, shown
from pitchpipe_components.loaders.lines import Unreadable, too_long
from pitchpipe_components.loaders.opening import Opened

Part = Elements | Unreadable


def list_parts(opened: Opened, start: int, line: int, ending: Ending, longest: int) -> Iterator[Part]:
    """What stands from `start` on, in blocks of whole elements. `ending` is what comes after the last."""
    cutter, trouble = _Cutter(opened, start, line, ending, longest), ""
    try:
        for chunk in opened.chunks(start):
            yield from cutter.parts(chunk)
            if cutter.closed:
                break
    except Broken as broken:
        trouble = str(broken)
    yield cutter.last(trouble)


@dataclass
class _Cutter:
    """What was read and is not yet cut: where it stands, and how much is wanted before the next try."""

    opened: Opened
    start: int
    line: int
    ending: Ending
    longest: int
    pending: bytes = b""
    wanted: int = 0
    like: bytes = b""
    skipping: bool = False
    closed: bool = False

    def parts(self, chunk: bytes) -> Iterator[Part]:
        """The part that can be cut off when this chunk has come, if any."""
        self.pending += chunk
        self.like = self.like or opening(self.pending, GAP.match(self.pending).end())  # type: ignore[union-attr]
        if self.skipping:
            self._skip()
        if self.skipping or len(self.pending) < (self.wanted or BLOCK):
            return
        end, self.closed = _cut(self.pending, self.like, self.ending != "file")
        if self.closed:
            return
        self.wanted = 0 if end else 2 * len(self.pending)
        if end:
            yield self._part(end, "", "")
            self._pass(end)
        elif len(self.pending) > self.longest:
            yield Unreadable(self.opened.name, self.line, shown(self.pending), too_long(self.longest))
            self._pass(len(self.pending))
            self.skipping, self.wanted = True, 0

    def last(self, trouble: str) -> Elements:
        return self._part(len(self.pending), self.ending, trouble)

    def _part(self, end: int, ending: Ending, trouble: str) -> Elements:
        text = self.opened.text(self.start, self.pending[:end])
        return Elements(self.opened.name, self.line, text, ending, trouble, self.like, self.longest)

    def _skip(self) -> None:
        """After a value that is too long: go to where the next element begins."""
        found = self.pending.find(self.like) if self.like else -1
        self._pass(found if found >= 0 else max(0, len(self.pending) - len(self.like)))
        self.skipping = found < 0

    def _pass(self, end: int) -> None:
        self.line += self.pending.count(b"\n", 0, end)
        self.start, self.pending = self.start + end, self.pending[end:]


def _cut(block: bytes, like: bytes, a_list: bool) -> tuple[int, bool]:
    """Where the last element that may be unfinished begins (0: nowhere), and whether the list ends first."""
    first = GAP.match(block).end()  # type: ignore[union-attr]
    like = opening(block, first) or like
    guess = block.rfind(like, first + 1) if like else -1
    if guess > 0 and _whole(block[first:guess]):
        return guess, False
    at, last = first, 0
    while at < len(block):
        if block[at] == CLOSE and a_list:
            return last, True
        end = value_end(block, at)
        if end <= 0:
            broken = guess > at and (end != CUT_OFF or in_string(block, at, guess))
            return last or (guess if broken else 0), False
        at = last = GAP.match(block, end).end()  # type: ignore[union-attr]
    return last, False


def _whole(text: bytes) -> bool:
    """Whether these are whole elements with commas between them."""
    try:
        WHOLE.decode(b"[" + text.strip(b" \t\r\n,") + b"]")
    except REFUSED:
        return False
    return True
