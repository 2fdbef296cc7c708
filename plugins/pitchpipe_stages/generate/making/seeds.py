"""The conversations that generators begin from: files of any format that loaders read."""

from collections.abc import Iterator
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.options import bind
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import settle


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
    source = SourceUse(_loader(recipe, path), path.name)
    settled = settle(source, recipe.host, "prompts")
    reader = Reader(source, settled.format, recipe, settled.judged, "prompts")
    return (reader.base(part) for part in settled.parts)


def _loader(recipe: Recipe, path: Path) -> Use:
    component = recipe.host.find("loader", "files")
    options: Json = {"path": path}
    return Use(component, options, bind(component.call, options), str(path), component.name)


def files_of_seeds(recipe: Recipe, use: Use) -> list[Path]:
    """The files that a generator begins from."""
    path = use.shared.get("seeds")
    return list(_loader(recipe, path).bound.inputs()) if path else []
