"""The recipe by which `pitchpipe serve` serves: that of a file, or one for the model that a person names."""

import json
from pathlib import Path
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.serve.sections import SERVE, UPSTREAMS
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.recipe_argument import host_with_warnings, load_recipe, shipped_recipes
from pitchpipe_tools.recipe_file.from_run import USUAL
from pitchpipe_tools.recipe_file.load import as_overridden

Options = dict[str, Any]


def served_recipe(place: str, options: Options, overrides: tuple[str, ...]) -> Recipe:
    """The checked recipe of a place: options of the command line come before what a file says."""
    said = (*_as_overrides(options), *overrides)
    if not is_recipe(place):
        document = Document(Path.cwd() / "recipe.yaml", {"serve": {"model": place}})
        return as_overridden(document, host_with_warnings(Path.cwd()), said)
    recipe = load_recipe(place, said)
    if recipe[SERVE].model or recipe[UPSTREAMS]:
        return recipe
    if not recipe[TRAINER]:
        raise PitchpipeError(
            f"{place} trains no model, and names none to serve: `serve: {{model: RUN_OR_MODEL}}` does"
        )
    run = USUAL.of(recipe.path)
    if not run.is_dir():
        raise PitchpipeError(f"{run} is not there: pitchpipe run {place} makes it, and then it can be served")
    return load_recipe(place, (f"serve.model={run}", *said))


def is_recipe(place: str) -> bool:
    """A file, or the name of a recipe that ships, unless there is something else of that name."""
    path = Path(place)
    return (
        path.suffix in (".yaml", ".yml")
        or path.is_file()
        or (not path.exists() and place in shipped_recipes())
    )


def _as_overrides(options: Options) -> list[str]:
    """Options of the section `serve`, as --set would say them."""
    return [f"serve.{name}={json.dumps(value)}" for name, value in options.items() if value not in (None, {})]
