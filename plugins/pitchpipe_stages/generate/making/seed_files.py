"""The files that generators begin from, found without reading them."""

from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.options import bind
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Json


def loader_of(recipe: Recipe, path: Path) -> Use:
    component = recipe.host.find("loader", "files")
    options: Json = {"path": path}
    try:
        return Use(component, options, bind(component.call, options), str(path), component.name)
    except ValueError as error:  # there is none, and which is near
        raise PitchpipeError(f"seeds: {error}") from None


def files_of_seeds(recipe: Recipe, use: Use) -> list[Path]:
    """The files that a generator begins from."""
    path = use.shared.get("seeds")
    return list(loader_of(recipe, path).bound.inputs()) if path else []
