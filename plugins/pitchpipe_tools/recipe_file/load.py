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


def load(path: Path, host: Host, *changes: Callable[[Json], list[Key]]) -> Recipe:
    """Reads and checks a recipe, after the `changes`: each sets values and returns their keys."""
    document = read_recipe(path, host)
    refuse_foreign(document, host)
    if isinstance(document.data, dict):
        for key in (key for change in changes for key in change(document.data)):
            document.put(key, Place("--set", 0, path.parent.resolve()))
    _need_variables(document)
    return checked(document, host)


def _need_variables(document: Document) -> None:
    """Stops where a variable is not set whose value nobody has replaced."""
    unset = [problem for problem in document.problems if isinstance(problem, UnsetVariable)]
    document.problems = [problem for problem in document.problems if problem not in unset]
    if needed := [str(problem) for problem in unset if problem.stands_in(document)]:
        raise PitchpipeError("\n".join(needed))


def read_recipe(path: Path, host: Host) -> Document:
    """What a recipe says, together with the recipes that it extends."""
    one_component = (section for section in sections_of(host) if section.kind and not section.many)
    return read_file(path, {section.name for section in one_component if not section.bare})
