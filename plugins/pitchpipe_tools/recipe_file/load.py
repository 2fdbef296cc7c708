"""From a recipe's file to a checked recipe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked, sections_of
from pitchpipe.recipe.document import Document, Key, Place
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_tools.recipe_file.extends import EXTENDS, read_file
from pitchpipe_tools.recipe_file.foreign import refuse_foreign
from pitchpipe_tools.recipe_file.from_run import (
    FROM,
    USUAL,
    FirstRun,
    Runs,
    begin_with_recipe,
    begin_with_run,
    find_first,
    must_not_turn,
    take_from,
)
from pitchpipe_tools.recipe_file.overrides import override
from pitchpipe_tools.recipe_file.shrink import shrink
from pitchpipe_tools.recipe_file.variables import UnsetVariable


@dataclass
class Loaded:
    """A checked recipe, and the one that is run before it, if there is one."""

    recipe: Recipe
    first: "Loaded | None" = None
    beginning: FirstRun | None = None

    @property
    def note(self) -> str:
        """What is not as it will be: the first recipe has not been run."""
        begin = self.beginning
        if self.first is None or begin is None or begin.trained:
            return ""
        return (
            f"{begin.place}: {FROM}: {begin.run} has no model of this {begin.recipe.path.name} yet: the"
            " model and the adapter that it begins with stand in for what it will tune"
        )

    def chain(self) -> list["Loaded"]:
        """The recipes in the order in which they are run, this one last."""
        return [*(self.first.chain() if self.first else []), self]


def load(path: Path, host: Host, *overrides: str, runs: Runs = USUAL) -> Recipe:
    """Reads and checks a recipe, with the overrides KEY=VALUE."""
    return load_chain(path, host, overrides, runs).recipe


def load_chain(
    path: Path, host: Host, overrides: Sequence[str], runs: Runs, after: tuple[Path, ...] = ()
) -> Loaded:
    """Reads and checks a recipe and those that it begins with. `after`: those that begin with it."""
    document = read_recipe(path, host)
    refuse_foreign(document, host)
    begins = [text for text in overrides if text.partition("=")[0].strip() == FROM]
    here = [text for text in (*overrides, *runs.launch) if text not in begins]
    _change(document, *map(override, begins))
    first, beginning = _first(document, host, runs, after)
    if beginning:
        if first and runs.tiny:
            document.data.pop("model", None)  # the tiny one that the first run has tuned takes its place
        document = beginning.fill(document)
        if beginning.recipe.folder != document.path.parent.resolve():
            host = Host.from_environment(path.parent)  # the other folder's own plugin took the place of ours
    smaller = [partial(shrink, host, but=("model",) if first else ())] if runs.tiny else []
    _change(document, *smaller, *map(override, here))
    _need_variables(document)
    _tell_misspelt(document, host)
    recipe = checked(document, host)
    if beginning:
        beginning.hint(recipe)
    return Loaded(recipe, first, beginning)


def as_overridden(document: Document, host: Host, overrides: Sequence[str]) -> Recipe:
    """The checked recipe that a document says, which no file holds."""
    _change(document, *map(override, overrides))
    return checked(document, host)


def _first(
    document: Document, host: Host, runs: Runs, after: tuple[Path, ...]
) -> tuple[Loaded | None, FirstRun | None]:
    """The recipe that is run first, if there is one; and the run that a recipe begins with."""
    if not (taken := take_from(document)):
        return None, None
    said, place = taken
    path, chain = find_first(said, place), (*after, document.path.resolve())
    if path.is_dir():
        return None, begin_with_run(path, said, place, runs)
    must_not_turn(chain, path.resolve(), place)
    if path.parent.resolve() == document.path.parent.resolve():
        first = load_chain(path, host, (), runs, chain)
    else:
        first = _elsewhere(path, document.path.name, runs, chain)
    return first, begin_with_recipe(first.recipe, said, place, runs)


def _elsewhere(path: Path, later: str, runs: Runs, chain: tuple[Path, ...]) -> Loaded:
    """A recipe in another folder, which has a plugin of its own; mistakes are named as seen from there."""
    try:
        return load_chain(path, Host.from_environment(path.parent), (), runs, chain)
    except PitchpipeError as error:
        raise PitchpipeError(f"in {path}, which {later} begins with:\n{error}") from None


def _change(document: Document, *changes: Callable[[Json], list[Key]]) -> None:
    """Changes a document; each change sets values and returns their keys."""
    if isinstance(document.data, dict):
        for key in (key for change in changes for key in change(document.data)):
            document.put(key, Place("--set", 0, document.path.parent.resolve()))


def _tell_misspelt(document: Document, host: Host) -> None:
    """What was to be the name of another recipe is no section, and none is nearer."""
    names = {section.name for section in sections_of(host)}
    for key in set(document.data) - names if isinstance(document.data, dict) else ():
        if (near := get_close_matches(str(key), [*names, FROM, EXTENDS], n=1)) and near[0] not in names:
            document.problem((key,), f"no such section. Did you mean '{near[0]}'?")
            del document.data[key]


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
