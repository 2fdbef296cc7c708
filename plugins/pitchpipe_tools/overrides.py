"""Overrides: `trainer.sft.epochs=1` sets one value of a recipe before it is checked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe import yaml12
from pitchpipe.recipe.yaml12 import Key


def override(text: str) -> Callable[[dict[str, Any]], Key]:
    """The change that KEY=VALUE makes in a recipe."""
    return partial(_apply, text)


def _apply(text: str, data: dict[str, Any]) -> Key:
    """Set one value and say where. An entry of a list is named by its number, from 1, or its component."""
    path, equals, value = text.partition("=")
    *parents, last = path.strip().split(".")
    if not equals or not last:
        raise PitchpipeError(f"--set {text}: write it as section.name.option=value")
    place: Any = data
    key: Key = ()
    for part in parents:
        place, key = _enter(place, part, key, text)
    if isinstance(place, list):
        index = _index(place, last, key, text)
        place[index - 1] = yaml12.read(value)
        return (*key, index)
    place[last] = yaml12.read(value)
    return (*key, last)


def _enter(place: Any, part: str, key: Key, text: str) -> tuple[Any, Key]:
    """What stands under `part`, opened so that something can be set in it."""
    if isinstance(place, list):
        index = _index(place, part, key, text)
        place[index - 1] = entry = _opened(place[index - 1])
        return (entry, (*key, index)) if part.isdigit() else _enter(entry, part, (*key, index), text)
    inner = place.get(part) if key else _opened(place.get(part))
    inner = place[part] = {} if inner is None else inner
    if not isinstance(inner, dict | list):
        raise PitchpipeError(
            f"--set {text}: {'.'.join(map(str, (*key, part)))} is {inner!r}; nothing can be set in it"
        )
    return inner, (*key, part)


def _index(entries: list[Any], part: str, key: Key, text: str) -> int:
    names = [str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry) for entry in entries]
    if part.isdigit() and 0 < int(part) <= len(entries):
        return int(part)
    if names.count(part) == 1:
        return names.index(part) + 1
    how_many = "more than one" if part in names else "no"
    raise PitchpipeError(
        f"--set {text}: {how_many} entry '{part}' in {'.'.join(map(str, key))}.{suggest(part, names)}"
    )


def _opened(entry: Any) -> Any:
    """`name` as `name: {}`."""
    return {entry: {}} if isinstance(entry, str) else entry
