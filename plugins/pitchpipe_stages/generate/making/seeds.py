"""The conversations that generators begin from: files of any format that loaders read."""

from collections.abc import Iterator
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.options import bind
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import settle
from pitchpipe_stages.generate.making.seed_files import loader_of


def seeds_of(recipe: Recipe, path: Path, console: Console) -> list[Conversation]:
    """Every row that can be read, with a reply or without one, and each once."""
    found: dict[str, Conversation] = {}
    refused: list[str] = []
    again = 0
    for base in _read(recipe, path):
        refused += [one.reason for one in base.refused.values()]
        for seed in base.alive().values():
            again += seed.id in found
            found.setdefault(seed.id, seed)
    if not found:
        raise PitchpipeError(
            f"{path} holds no seeds that can be read" + (f": {refused[0]}" if refused else "")
        )
    if refused:
        console.say(
            f"[yellow]warning:[/] seeds: {len(refused):,} rows of {path.name} cannot be read: {refused[0]}"
        )
    if again:
        console.say(f"seeds: {again:,} rows of {path.name} come again, and are taken once")
    return list(found.values())


def _read(recipe: Recipe, path: Path) -> Iterator[Base]:
    """The rows of each file, in the format of that file."""
    for file in loader_of(recipe, path).bound.inputs():
        source = SourceUse(loader_of(recipe, file), file.name)
        settled = settle(source, recipe.host, "prompts")
        reader = Reader(source, settled.format, recipe, settled.judged, "prompts")
        without = [Reader(source, one, recipe, settled.judged, "prompts") for one in _without_replies(recipe)]
        for part in settled.parts:
            base = reader.base(part)
            for other in without if base.refused else ():
                _fill(base, other.base(part))
            yield base


def _without_replies(recipe: Recipe) -> list[Use]:
    """Formats of rows that need no reply: a file may hold both kinds."""
    every = recipe.host.all("format")
    some = [one for one in every if getattr(one.call, "learns", "") == "prompts"]
    return [Use(one, {}, bind(one.call, {}), "", one.name) for one in some]


def _fill(base: Base, other: Base) -> None:
    """Takes rows that one format refuses as another one reads them."""
    if len(base.conversations) == len(other.conversations):
        for number in [number for number in base.refused if other.conversations[number]]:
            base.conversations[number] = other.conversations[number]
            del base.refused[number]
