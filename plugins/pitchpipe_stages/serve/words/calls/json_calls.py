"""Calls that are objects of JSON, or a name and then such an object."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecoder
from typing import Any

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.form import ReadCall
from pitchpipe_stages.serve.words.calls.loosely import loosely

_NAME = r"([\w./-]+(?::+[A-Za-z_][\w./-]*)*)"
Path = tuple[str, ...]  # keys, from the outside
Decoded = Callable[[str, int], tuple[Any, int] | None]  # the value at a place, and where it ends


@dataclass(frozen=True)
class ObjectCall:
    """{"name": "look", "arguments": {...}}, whatever the keys are called, and however deep they lie."""

    name: Path
    arguments: Path

    def __call__(self, text: str, at: int, tools: Sequence[Json]) -> ReadCall | None:
        decoded = decoded_at(text, at)
        if decoded is None:
            return None
        name, arguments = _within(decoded[0], self.name), as_object(_within(decoded[0], self.arguments))
        if not isinstance(name, str) or not name or arguments is None:
            return None
        return ReadCall(name, arguments, decoded[1])


@dataclass(frozen=True)
class NamedCall:
    """A name, words of the template's own, and the arguments as an object, of JSON or of its own."""

    middle: str
    decoded: "Decoded | None" = None

    def __call__(self, text: str, at: int, tools: Sequence[Json]) -> ReadCall | None:
        found = self._begin.match(text, at)
        decoded = (self.decoded or decoded_at)(text, found.end()) if found else None
        arguments = as_object(decoded[0]) if decoded else None
        if not found or not decoded or arguments is None:
            return None
        return ReadCall(found[1], arguments, decoded[1])

    @cached_property
    def _begin(self) -> re.Pattern[str]:
        return re.compile(r"\s*" + _NAME + r"\s*" + loosely(self.middle.strip()) + r"\s*")


def decoded_at(text: str, at: int) -> tuple[Any, int] | None:
    """The JSON that begins at a place, and where it ends."""
    try:
        return JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def as_object(value: Any) -> Json | None:
    """Arguments as an object; some write them as JSON text."""
    if isinstance(value, str):
        decoded = decoded_at(value.strip(), 0)
        value = decoded[0] if decoded else None
    return value if isinstance(value, dict) else None


def _within(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
