"""The conversations that generators begin from: a file of any format that loaders read."""

from pathlib import Path

from pitchpipe.host.options import bind
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.data.source import settle


def seeds_of(recipe: Recipe, path: Path) -> list[Conversation]:
    """Every row that can be read, with a reply or without one."""
    component = recipe.host.find("loader", "files")
    options: Json = {"path": path}
    loader = Use(component, options, bind(component.call, options), str(path), component.name)
    source = SourceUse(loader, path.name)
    settled = settle(source, recipe.host, "prompts")
    reader = Reader(source, settled.format, recipe, settled.judged, "prompts")
    return [one for part in settled.parts for one in reader.base(part).conversations if one]
