"""From a recipe's file to a checked recipe."""

from collections.abc import Callable
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked, sections_of
from pitchpipe.recipe.document import Document, Key, Place
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_tools.recipe_file.extends import read_file
from pitchpipe_tools.recipe_file.foreign import refuse_foreign
from pitchpipe_tools.recipe_file.variables import UnsetVariable


def load(path: Path, host: Host, *changes: Callable[[Json], Key]) -> Recipe:
    """Reads and checks a recipe, after the `changes`: each sets a value and returns its key."""
    document = read_recipe(path, host)
    refuse_foreign(document, host)
    if unset := [str(problem) for problem in document.problems if isinstance(problem, UnsetVariable)]:
        raise PitchpipeError("\n".join(unset))
    if isinstance(document.data, dict):
        for change in changes:
            document.put(change(document.data), Place("--set", 0, path.parent.resolve()))
    return checked(document, host)


def read_recipe(path: Path, host: Host) -> Document:
    """What a recipe says, together with the recipes that it extends."""
    one_component = (section for section in sections_of(host) if section.kind and not section.many)
    return read_file(path, {section.name for section in one_component if not section.bare})
