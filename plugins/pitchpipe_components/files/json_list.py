"""Cuts JSON lists of rows, of any size, into parts of whole elements.

Elements usually begin like the first one, so a block is cut at the last place that looks like it. A fast
parse that builds no objects proves that this place is not inside an element. If the proof fails, the module
counts brackets.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pitchpipe_components.files.compression import BLOCK, Broken
from pitchpipe_components.files.json_elements import CLOSE, GOES_ON, Elements, Ending, row_of, sound_opening
from pitchpipe_components.files.json_runs import WHOLE, SoundRuns
from pitchpipe_components.files.json_scan import (
    CUT_OFF,
    GAP,
    as_list,
    in_string,
    opening,
    repeated,
    value_end,
)
from pitchpipe_components.files.json_values import REFUSED, shown
from pitchpipe_components.files.lines import Unreadable, too_long
from pitchpipe_components.files.opening import OpenedFile

Part = Elements | Unreadable


def list_parts(opened: OpenedFile, start: int, line: int, ending: Ending, longest: int) -> Iterator[Part]:
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

    opened: OpenedFile
    start: int
    line: int
    ending: Ending
    longest: int
    pending: bytes = b""
    wanted: int = 0
    like: bytes = b""
    skipping: bool = False
    closed: bool = False
    by_number: bool | None = None  # whether rows are known by number; not known before the first part
    passed: int = 0  # rows before `pending`, if they are known by number

    def parts(self, chunk: bytes) -> Iterator[Part]:
        """Adds a chunk and yields the part that can now be cut off, if any."""
        self.pending += chunk
        self.like = self.like or sound_opening(self.pending)
        if self.skipping:
            self._skip()
        if self.skipping or len(self.pending) < (self.wanted or BLOCK):
            return
        end, count, self.closed = _cut(self.pending, self.like, self.ending)
        if self.closed:
            return
        self.wanted = 0 if end else 2 * len(self.pending)
        if end:
            part = self._part(end, "", "")
            yield part
            self._pass(end, count if count and end <= self.longest else _count(part))
        elif len(self.pending) > self.longest:
            place = self.passed + 1 if self.by_number else self.line
            yield Unreadable(self.opened.name, place, shown(self.pending), too_long(self.longest))
            self._pass(len(self.pending), 1)
            self.skipping, self.wanted = True, 0

    def last(self, trouble: str) -> Elements:
        return self._part(len(self.pending), self.ending, trouble)

    def _part(self, end: int, ending: Ending, trouble: str) -> Elements:
        text = self.opened.text(self.start, self.pending, end)
        part = Elements(self.opened.name, self.line, text, ending, trouble, self.like, self.longest)
        if self.by_number is None:
            below = None if ending else self.line + self.pending.count(b"\n", 0, end)
            self.by_number = _share_a_line(part, below)
        return replace(part, row=self.passed + 1) if self.by_number else part

    def _skip(self) -> None:
        """Goes to the next element after a value that is too long."""
        found = self.pending.find(self.like) if self.like else -1
        self._pass(found if found >= 0 else max(0, len(self.pending) - len(self.like)), 0)
        self.skipping = found < 0

    def _pass(self, end: int, rows: int) -> None:
        self.passed += rows
        self.line += self.pending.count(b"\n", 0, end)
        self.start, self.pending = self.start + end, self.pending[end:]


def _share_a_line(part: Elements, below: int | None) -> bool:
    """Whether two rows of the first part begin on one line; then lines do not tell the rows apart.

    `below` is the line where the next part begins.
    """
    lines = [row.line for row in part.rows() if not row.error]
    return any(line == following for line, following in pairwise([*lines, below]))


def _count(part: Elements) -> int:
    """Counts the rows of a part, if rows are known by number."""
    return sum(1 for _ in part.rows()) if part.row else 0


def _cut(block: bytes, like: bytes, ending: Ending) -> tuple[int, int, bool]:
    """Returns where the last, perhaps unfinished element begins (0: no cut), how many elements are before it
    (0: not known), and whether the list ended."""
    first = GAP.match(block).end()
    like = repeated(block, first, opening(block, first) or like)
    guess = block.rfind(like, first + 1) if like else -1
    if guess > 0 and (count := _sound_elements(block, guess)):
        return guess, count, False
    at, last, count, exact, runs = first, 0, 0, True, SoundRuns(block, like)
    while at < len(block):
        if block[at] == CLOSE and ending != "file":
            following = GAP.match(block, at + 1).end()
            if following == len(block) or block[following] not in GOES_ON[ending]:
                return last, 0, following < len(block)
            at = last = following  # elements go on: this was no end
            exact = False
            continue
        elements, end = runs.after(at)
        if not elements:
            end = value_end(block, at)
            if end <= 0:
                broken = guess > at and (end != CUT_OFF or in_string(block, at, guess))
                return last or (guess if broken else 0), count if exact and last else 0, False
            rows = row_of(block[at:end], "", 0) if exact else []
            exact = len(rows) == 1 and not rows[0].error
        count += len(elements) or 1
        at = last = GAP.match(block, end).end()
    return last, count if exact else 0, False


def _sound_elements(block: bytes, end: int) -> int:
    """Counts the elements up to a place; 0 if what stands before it is not whole elements."""
    try:
        return len(WHOLE.decode(as_list(block, 0, end)))
    except REFUSED:
        return 0
