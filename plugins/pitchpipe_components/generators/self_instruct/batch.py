"""Finds whole tasks in a reply of JSON: objects with an instruction, an input and an output."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TRIES = 100  # broken objects in a reply
_DECODER = json.JSONDecoder(strict=False)  # models write line breaks into strings


@dataclass(frozen=True)
class WholeTask:
    """What one object says; `problem` is why it is no task."""

    instruction: str
    input: str = ""
    output: str = ""
    problem: str = ""


def tasks_in(text: str) -> list[WholeTask]:
    """The tasks of a reply, whatever stands around them. An object that is cut or broken is passed over."""
    return [_task(one) for one in _objects(text)]


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The objects that name an instruction, alone, in a list or in an object."""
    at, tries = text.find("{"), 0
    while at >= 0 and tries < TRIES:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            tries, end = tries + 1, at + 1
        else:
            yield from _within(value)
        at = text.find("{", end)


def _within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _within(one)
    elif isinstance(value, dict):
        named = {str(name).strip().lower(): one for name, one in value.items()}
        if "instruction" in named:
            yield named
        else:
            yield from (one for inner in value.values() for one in _within(inner))


def _task(named: dict[str, Any]) -> WholeTask:
    words = {name: _words(named.get(name)) for name in ("instruction", "input", "output")}
    if wrong := [name for name, text in words.items() if text is None]:
        return WholeTask(str(named.get("instruction")), problem=f"its {wrong[0]} is no text")
    given = {name: text or "" for name, text in words.items()}
    return WholeTask(given["instruction"].strip(), given["input"].strip(), given["output"].strip())


def _words(value: Any) -> str | None:
    """A text or a number as text; nothing is an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        return None
    return "" if value is None else str(value)
