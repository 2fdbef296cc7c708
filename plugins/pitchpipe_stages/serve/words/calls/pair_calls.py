"""Calls whose arguments are pairs of a key and a value, each with the template's own words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.form import ReadCall
from pitchpipe_stages.serve.words.calls.loosely import loosely

Ends = tuple[str, str]  # behind the last value: where no call follows, and where one does
_NAME = re.compile(r"\s*([\w./:-]+)")
_PYTHON = {"True": True, "False": False, "None": None}


@dataclass(frozen=True)
class PairsCall:
    """<function=look><parameter=place>Ghent</parameter></function>, and its kin. What a value is, tells the
    schema of its tool: all of them are written without quotes."""

    start: str  # between the name and the first key
    before: str  # a value
    more: str  # between a value and the next key
    ends: Ends
    empty: Ends  # behind a name without arguments

    def __call__(self, text: str, at: int, tools: Sequence[Json]) -> ReadCall | None:
        name = _NAME.match(text, at)
        if not name:
            return None
        begin = self._start.match(text, name.end())
        if not begin or not self._key.match(text, begin.end()):
            end = self._empty.match(text, name.end())
            return ReadCall(name[1], {}, end.end(), end["next"] is not None) if end else None
        schema, arguments, at = _schema(tools, name[1]), Json(), begin.end()
        while key := self._key.match(text, at):
            behind = self._behind.search(text, key.end())
            if not behind:
                return None
            arguments[key[1]] = _typed(text[key.end() : behind.start()], schema.get(key[1]))
            at = behind.end()
            if behind["more"] is None:
                return ReadCall(name[1], arguments, at, behind["next"] is not None)
        return None

    @cached_property
    def _start(self) -> re.Pattern[str]:
        return re.compile(loosely(self.start))

    @cached_property
    def _key(self) -> re.Pattern[str]:
        return re.compile(r"([^\s<>\"'=:{}]+)" + loosely(self.before, ">"))

    @cached_property
    def _behind(self) -> re.Pattern[str]:
        return _any_of(self.more, self.ends)

    @cached_property
    def _empty(self) -> re.Pattern[str]:
        return _any_of("", self.empty)


def _any_of(more: str, ends: Ends) -> re.Pattern[str]:
    """What stands behind a value: words before the next key, or the end of the call, and of all calls."""
    named = {"more": more, "next": ends[1], "last": ends[0]}
    return re.compile(
        "|".join(f"(?P<{name}>{loosely(words, '<') if words else '(?!)'})" for name, words in named.items())
    )


def _schema(tools: Sequence[Json], name: str) -> Json:
    for tool in tools:
        function = tool["function"]
        if function["name"] == name:
            found = (function.get("parameters") or {}).get("properties")
            return found if isinstance(found, dict) else {}
    return {}


def _typed(text: str, schema: Any) -> Any:
    """A value as its schema has it: a number that is declared as text stays one."""
    kinds = _kinds(schema)
    return text if not kinds or "string" in kinds else _json(text)


def _kinds(schema: Any) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    kind = schema.get("type")
    found = {kind} if isinstance(kind, str) else set(kind) if isinstance(kind, list) else set()
    for way in ("anyOf", "oneOf"):
        for one in schema.get(way) or ():
            found |= _kinds(one)
    return found - {"null"}


def _json(text: str) -> Any:
    text = text.strip()
    if text in _PYTHON:
        return _PYTHON[text]
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return text
