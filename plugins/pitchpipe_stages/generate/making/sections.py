"""The recipe's sections about conversations to make: the generators, and what all of them share."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe.errors import PitchpipeError, Problem, suggest
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.generate.making.changed import decided_by_sections, doubts
from pitchpipe_stages.generate.making.place import ReadsMade, folder_of
from pitchpipe_stages.generate.requests.sections import TEACHERS, names_teachers

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

Accepted = Literal["cut", "other_model"]


@dataclass(frozen=True)
class GeneratorOptions:
    """Options of every generator."""

    teacher: Annotated[str | None, Meta(description="who is asked: a name of the section `teachers`")] = None
    seeds: Annotated[
        Path | None,
        Meta(description="a file to begin from, in any format; left out: what the generators before it made"),
    ] = None
    accept: Annotated[
        tuple[Accepted, ...],
        Meta(description="replies that are no whole ones, and are taken all the same: cut, other_model"),
    ] = ()


@dataclass(frozen=True)
class Generate:
    """What all generators of a recipe share."""

    seed: Annotated[int, Meta(description="another seed, other draws")] = 0
    folder: Annotated[
        Path | None,
        Meta(description="where it is kept; left out: generated/ and the recipe's name, where you are"),
    ] = None


def _check(checker: "Checker", recipe: Recipe) -> None:
    names_teachers(checker, recipe, GENERATORS)
    for number, use in enumerate(recipe[GENERATORS]):
        key = (GENERATORS.name, number + 1, use.name)
        if not use.shared.get("teacher"):
            checker.problem(key, f"generator '{use.name}' needs the option 'teacher'")
        seedless = getattr(use.component.call, "seedless", False)
        if number == 0 and not use.shared.get("seeds") and not seedless:
            checker.problem(key, "the first generator needs the option 'seeds'")
        _check_seeds(checker, recipe, (*key, "seeds"), use)
    _check_answers(checker, recipe)
    for use in recipe.uses():
        if isinstance(use.bound, ReadsMade):
            _check_reader(checker, recipe, use)


def _check_seeds(checker: "Checker", recipe: Recipe, key: Any, use: Use) -> None:
    """Whether there are files to begin from."""
    path = use.shared.get("seeds")
    if not path:
        return
    component = recipe.host.find("loader", "files")
    checker.made(key, lambda: component.call(path=path))


def _check_answers(checker: "Checker", recipe: Recipe) -> None:
    """Tells where what is made stays without a reply: then it is no row."""
    uses = recipe[GENERATORS]
    if uses and getattr(uses[-1].component.call, "without_replies", False):
        last = uses[-1]
        words = (
            "nothing answers what this makes, and without a reply it is no row: add behind it"
            f" - answers: {{teacher: {last.shared.get('teacher') or '...'}}}"
        )
        recipe.hints.append(Problem(last.place, f"generators.{last.label}", words))


def _check_reader(checker: "Checker", recipe: Recipe, use: Use) -> None:
    """Tells a loader where the rows are, and a person what is wrong with them."""
    generators, own = recipe[GENERATORS], False
    labels = [generator.label for generator in generators]
    if labels and use.bound.folder is None:
        use.bound.read_from(folder_of(recipe, recipe[GENERATE].folder), f"pitchpipe generate {recipe.path}")
        own = True
        if (only := use.bound.generator) and only not in labels:
            checker.problem(("loaders",), f"the recipe has no generator '{only}'.{suggest(only, labels)}")
    if use.bound.folder is None and not any(checker.entries(GENERATORS.name)):
        words = "the recipe has no generators: say whose rows to read, as in generated: {folder: ...}"
        checker.problem(("loaders",), words)
        return
    told = [lacks] if (lacks := use.bound.lacks()) else []
    with suppress(PitchpipeError):  # files that are not there are told elsewhere
        if own and not told:
            decided_by = decided_by_sections(recipe, generators, recipe[GENERATE].seed, recipe[TEACHERS])
            told = doubts(recipe, use.bound.folder, decided_by)
    recipe.hints += [Problem(use.place, f"loaders.{use.label}", one) for one in told]


GENERATORS = Section[list[Use]](
    "generators", kind="generator", many=True, options=GeneratorOptions, needs=("teachers",), check=_check
)
GENERATE = Section[Generate]("generate", options=Generate)
