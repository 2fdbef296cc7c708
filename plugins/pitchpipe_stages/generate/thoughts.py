"""Tells what a model thinks from what it says, while it writes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pitchpipe_stages.render.compose import OPEN, closing

LONGEST = 30  # characters of a mark
_MARK = re.compile(r"\s*(?:<\|channel>thought|[<\[][^<>\[\]\s]*[>\]])")


class Stretch(NamedTuple):
    """A stretch of an answer."""

    text: str
    thought: bool = False


class Thoughts:
    """Parts a text at the marks of reasoning, which it leaves out. The prompt may have opened reasoning."""

    def __init__(self, prompt: str = ""):
        opened = OPEN.search(prompt)
        self._close = closing(opened[1]) if opened else ""
        self.begun = bool(opened)  # whether it is known if the answer begins with reasoning
        self.held = ""
        self._bare = self.begun  # white space at the edge of reasoning is no part of it

    @property
    def thinking(self) -> bool:
        """Whether what comes next is reasoning, as far as is known."""
        return bool(self._close)

    def add(self, text: str, last: bool = False) -> Iterator[Stretch]:
        """What is known of the text so far; of the `last` one, all."""
        self.held += text
        if not self.begun and not self._begin(last):
            return
        if self._close:
            yield from self._thought(last)
        if not self._close:
            yield from self._given(self.held, thought=False)
            self.held = ""

    def _begin(self, last: bool) -> bool:
        """Whether the first words are there that tell if the answer begins with reasoning."""
        found = _MARK.match(self.held)
        if found and (opened := OPEN.search(found[0])):
            self._close, self.held, self._bare = closing(opened[1]), self.held[found.end() :], True
        bare = self.held.lstrip()
        maybe = not bare or (bare[0] in "<[" and len(bare) < LONGEST and not re.search(r"\s", bare))
        self.begun = bool(self._close or last or not maybe or (found and not bare.startswith("<|channel>")))
        return self.begun

    def _thought(self, last: bool) -> Iterator[Stretch]:
        thought, closed, rest = self.held.partition(self._close)
        if closed:
            yield from self._given(thought.rstrip("\n"), thought=True)
            self.held, self._close, self._bare = rest, "", True
            return
        keep = 0 if last else _may_begin(self.held, self._close)
        given = self.held[: len(self.held) - keep]
        edge = "" if last else given[len(given.rstrip("\n")) :]  # it may stand before the closing mark
        yield from self._given(given[: len(given) - len(edge)], thought=True)
        self.held = edge + self.held[len(given) :]

    def _given(self, text: str, thought: bool) -> Iterator[Stretch]:
        if self._bare:
            text = text.lstrip("\n")
        if text:
            self._bare = False
            yield Stretch(text, thought)


def _may_begin(text: str, mark: str) -> int:
    """How many of the last characters may be the beginning of a mark."""
    return next((size for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), 0)
