"""How a chat template writes calls: what stands around them, and how one of them is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.loosely import loosely


class ReadCall(NamedTuple):
    """A call: what it calls, with which arguments, and where it ends in the text. Some forms tell with a
    call's end whether there are `more`."""

    name: str
    arguments: Json
    end: int
    more: bool | None = None


class OneCall(Protocol):
    # Reads the call that begins at a place of a text; nothing where none does. `tools` tell values' types.
    def __call__(self, text: str, at: int, tools: Sequence[Json], /) -> ReadCall | None: ...


@dataclass(frozen=True)
class CallForm:
    """What stands before the first call, between two of them and behind the last one; and how one is read.

    Nothing stands between two where a reply makes but one.
    """

    head: str
    between: str | None
    tail: str
    one: OneCall
    first: str = ""  # what every call begins with, where nothing stands before it
    written: str = ""  # a reply with calls, which shows all tokens that they are written with

    @property
    def mark(self) -> str:
        """What tells that a call begins."""
        return self.head.strip() or self.first

    @property
    def bare(self) -> bool:
        """Whether nothing but the call itself tells it from words: then it must be all of the reply."""
        return not self.head.strip()

    def begins(self, text: str, said: bool) -> int:
        """Where a call may begin in a text, or -1. `said`: words stand before it."""
        if self.bare:
            bare = text.lstrip()
            return len(text) - len(bare) if not said and bare.startswith(self.mark) else -1
        return text.find(self.mark)

    def may_begin(self, text: str, said: bool) -> int:
        """How many of the last letters may become the beginning of a call."""
        if self.bare:
            bare = text.lstrip()
            return len(text) if not said and self.mark.startswith(bare) else 0
        sizes = range(min(len(self.mark) - 1, len(text)), 0, -1)
        return next((size for size in sizes if text.endswith(self.mark[:size])), 0)

    def read(self, text: str, tools: Sequence[Json]) -> tuple[list[ReadCall], str]:
        """The calls that a text begins with, and what it says behind them; no calls where one is broken."""
        names = {tool["function"]["name"] for tool in tools}
        calls, at = list[ReadCall](), 0
        while found := self._head.match(text, at):
            at = found.end()
            while call := self.one(text, at, tools):
                calls.append(call)
                at = call.end
                if (behind := self._behind(call, text)) is None:
                    break
                at = behind
            else:
                return [], text
            closed = None if call.more is False else self._tail.match(text, at)
            at = closed.end() if closed else at
            if self.bare:
                break
        if self.bare and (text[at:].strip() or any(call.name not in names for call in calls)):
            return [], text
        return calls, text[at:]

    def _behind(self, call: ReadCall, text: str) -> int | None:
        """Where the next call begins, if there is one."""
        if call.more is not None:
            return call.end if call.more else None
        found = self._between.match(text, call.end) if self._between else None
        return found.end() if found else None

    @cached_property
    def _head(self) -> re.Pattern[str]:
        return re.compile(r"\s*" + loosely(self.head.strip()) + r"\s*")

    @cached_property
    def _between(self) -> re.Pattern[str] | None:
        return re.compile(r"\s*" + loosely(self.between.strip()) + r"\s*") if self.between else None

    @cached_property
    def _tail(self) -> re.Pattern[str]:
        return re.compile(r"\s*" + loosely(self.tail.strip()))
