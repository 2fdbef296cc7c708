"""Cuts JSON lists of rows, of any size, into parts of whole elements.

Elements usually begin like the first one, so a block is cut at the last place that looks like it. A fast
parse that builds no objects proves that this place is not inside an element. If the proof fails, the module
counts brackets.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pitchpipe_components.files.compression import BLOCK, Broken
from pitchpipe_components.files.json_elements import CLOSE, GOES_ON, WHOLE, Elements, Ending, sound_opening
from pitchpipe_components.files.json_scan import (
    CUT_OFF,
    GAP,
    in_string,
    opening,
    repeated,
    value_end,
)
from pitchpipe_components.files.json_values import REFUSED, shown
from pitchpipe_components.files.lines import Unreadable, too_long
from pitchpipe_components.files.opening import Opened

Part = Elements | Unreadable


def list_parts(opened: Opened, start: int, line: int, ending: Ending, longest: int) -> Iterator[Part]:
    """Cuts the file from `start` on into blocks of whole elements. `ending` is what ends the last block."""
    cutter, trouble = _ListCutter(opened, start, line, ending, longest), ""
    try:
        for chunk in opened.chunks(start):
            yield from cutter.parts(chunk)
            if cutter.closed:
                break
    except Broken as broken:
        trouble = str(broken)
    yield cutter.last(trouble)


@dataclass
class _ListCutter:
    """Holds the text that was read and not yet cut (`pending`), from offset `start` and line `line` on.

    It tries to cut when `pending` has `wanted` bytes.
    """

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
        """Adds a chunk and yields the part that can now be cut off, if any."""
        self.pending += chunk
        self.like = self.like or sound_opening(self.pending)
        if self.skipping:
            self._skip()
        if self.skipping or len(self.pending) < (self.wanted or BLOCK):
            return
        end, self.closed = _cut(self.pending, self.like, self.ending)
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
        """Goes to the next element after a value that is too long."""
        found = self.pending.find(self.like) if self.like else -1
        self._pass(found if found >= 0 else max(0, len(self.pending) - len(self.like)))
        self.skipping = found < 0

    def _pass(self, end: int) -> None:
        self.line += self.pending.count(b"\n", 0, end)
        self.start, self.pending = self.start + end, self.pending[end:]


def _cut(block: bytes, like: bytes, ending: Ending) -> tuple[int, bool]:
    """Returns where the last, perhaps unfinished element begins (0: no cut), and whether the list ended."""
    first = GAP.match(block).end()
    like = repeated(block, first, opening(block, first) or like)
    guess = block.rfind(like, first + 1) if like else -1
    if guess > 0 and _whole(block[first:guess]):
        return guess, False
    at, last = first, 0
    while at < len(block):
        if block[at] == CLOSE and ending != "file":
            following = GAP.match(block, at + 1).end()
            if following == len(block) or block[following] not in GOES_ON[ending]:
                return last, following < len(block)
            at = last = following  # elements go on: this was no end
            continue
        end = value_end(block, at)
        if end <= 0:
            broken = guess > at and (end != CUT_OFF or in_string(block, at, guess))
            return last or (guess if broken else 0), False
        at = last = GAP.match(block, end).end()
    return last, False


def _whole(text: bytes) -> bool:
    """Whether the text is whole elements with commas between them."""
    try:
        WHOLE.decode(b"[" + text.strip(b" \t\r\n,") + b"]")
    except REFUSED:
        return False
    return True
