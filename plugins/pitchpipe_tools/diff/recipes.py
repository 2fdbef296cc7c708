"""The lines of two recipes that differ."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from pitchpipe.host.contracts import Console
from pitchpipe.records.conversation import Json
from pitchpipe_stages.console import escape
from pitchpipe_tools.diff.side import CompareSide


def show_recipes(left: CompareSide, right: CompareSide, console: Console) -> None:
    """Show what is in one recipe and not in the other, and what has another value."""
    if left.recipe == right.recipe:
        console.say("[bold]Recipe:[/] the same in both")
        return
    lines = list(changed_lines(left.recipe, right.recipe))
    console.say("[bold]Recipe[/]" + ("" if lines else ": the same entries in another order"))
    for name, before, after in lines:
        if before is not None:
            console.say(f"  [red]- {escape(name)}: {escape(before)}[/]")
        if after is not None:
            console.say(f"  [green]+ {escape(name)}: {escape(after)}[/]")


def changed_lines(left: Json, right: Json) -> Iterator[tuple[str, str | None, str | None]]:
    """A value's place, and what it is in both recipes; nothing where it is not there."""
    before, after = dict(_lines(left, "")), dict(_lines(right, ""))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _lines(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each value by its place, as `--set` writes it."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _lines(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        seen: Counter[str] = Counter()
        for entry in value:
            name, options = next(iter(entry.items())) if isinstance(entry, dict) and entry else (entry, {})
            seen[str(name)] += 1
            again = f" {seen[str(name)]}" if seen[str(name)] > 1 else ""
            yield from _lines(options, f"{place}.{name}{again}")
    elif isinstance(value, list) and value and place.count(".") == 0:
        for entry in value:
            yield f"{place}.{entry}", ""
    else:
        yield place, "" if value in ({}, None) else _written(value)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
