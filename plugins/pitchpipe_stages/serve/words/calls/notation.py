"""Objects as some templates write them: keys without quotes, texts between marks of their own (Gemma 4)."""

import re
from dataclasses import dataclass
from typing import Any

from pitchpipe_stages.serve.words.calls.json_calls import decoded_at

_KEY = re.compile(r"\s*([^\s:{}\[\],]+)\s*:\s*")
_NEXT = re.compile(r"\s*(,|[}\]])\s*")
_WORD = re.compile(r"[^\s,{}\[\]:]+")
_WORDS = {"None": None, "True": True, "False": False}


class _Broken(Exception):
    """What was read is no such object."""


@dataclass(frozen=True)
class OwnNotation:
    """Reads objects whose texts stand between two marks."""

    before: str
    behind: str

    def __call__(self, text: str, at: int) -> tuple[Any, int] | None:
        try:
            return self._value(text, at)
        except (_Broken, RecursionError):
            return None

    def _value(self, text: str, at: int) -> tuple[Any, int]:
        if text.startswith(self.before, at):
            end = text.find(self.behind, at + len(self.before))
            if end < 0:
                raise _Broken
            return text[at + len(self.before) : end], end + len(self.behind)
        if text.startswith(("{", "["), at):
            return self._many(text, at + 1, named=text[at] == "{")
        if not (word := _WORD.match(text, at)):
            raise _Broken
        if word[0] in _WORDS:
            return _WORDS[word[0]], word.end()
        decoded = decoded_at(word[0], 0)
        whole = decoded is not None and decoded[1] == len(word[0])
        return (decoded[0] if decoded and whole else word[0]), word.end()

    def _many(self, text: str, at: int, named: bool) -> tuple[Any, int]:
        """An object, or a list, whose first letter was read."""
        found: list[tuple[str, Any]] = []
        closed = re.compile(r"\s*[}\]]").match(text, at)
        while not closed:
            key = _KEY.match(text, at) if named else None
            if named and not key:
                raise _Broken
            value, at = self._value(text, key.end() if key else at)
            found.append((key[1] if key else "", value))
            more = _NEXT.match(text, at)
            if not more:
                raise _Broken
            at, closed = more.end(), more if more[1] != "," else None
        end = closed.end(1) if closed.re is _NEXT else closed.end()
        return (dict(found) if named else [value for _, value in found]), end
