"""Reads a recipe and checks all of it: every problem at once, each with its line and the nearest name."""

from collections.abc import Callable
from pathlib import Path

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import Host
from pitchpipe.recipe.checker import Checker
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.recipe.section import Section
from pitchpipe.recipe.yaml12 import Document, Key
from pitchpipe.records.conversation import Json


def load(path: Path, host: Host, *changes: Callable[[Json], Key]) -> Recipe:
    """Reads and checks a recipe, after the `changes`: each sets a value and returns its key."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PitchpipeError(f"cannot read the recipe {path}: {error}") from None
    document, sections = Document(text, path.name), sections_of(host)
    names = [section.name for section in sections]
    if not isinstance(document.data, dict):
        raise PitchpipeError(f"{path.name}: a recipe is a mapping of sections: {', '.join(names)}")
    checker = Checker(document, path.parent.resolve(), host)
    checker.set = {change(document.data) for change in changes}
    recipe = Recipe(path, checker.data, host)
    for name in set(checker.data) - set(names):
        checker.problem((name,), f"no such section.{suggest(name, names)}")
    for section in sections:
        recipe[section] = section.value(checker)
    for section in sections:
        _beside_others(section, recipe, checker)
    if checker.problems:
        raise PitchpipeError("\n".join(map(str, sorted(checker.problems, key=checker.order))))
    host.notify("on_recipe_loaded", recipe=recipe)
    return recipe


def sections_of(host: Host) -> list[Section[object]]:
    """The sections that a recipe may have: core's own, and those of every stage."""
    return [REQUIRES, *(section for stage in host.stages() for section in stage.sections)]


def _beside_others(section: Section[object], recipe: Recipe, checker: Checker) -> None:
    """Checks a section against the others."""
    if section.required and section not in recipe:
        checker.problem((section.name,), f"a recipe needs at least one {section.kind or section.name}")
    for needed in section.needs:
        if section in recipe and not checker.data.get(needed):
            checker.problem((section.name,), f"this needs a section '{needed}' too")
    if section.check:
        section.check(checker, recipe)


def _requires(checker: Checker, section: Section[object]) -> list[str]:
    """Distributions that the recipe needs, each with the versions that will do."""
    from importlib.metadata import PackageNotFoundError, version

    entries = list(checker.entries(section.name))
    for key, text in entries:
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            requirement = Requirement(str(text))
            found = version(requirement.name)
        except InvalidRequirement:
            checker.problem(key, f"expected a package like 'pitchpipe-code>=0.1', got {text!r}")
        except PackageNotFoundError:
            checker.problem(key, f"'{requirement.name}' is not installed: pip install '{text}'")
        else:
            if not requirement.specifier.contains(found, prereleases=True):
                checker.problem(key, f"{requirement.name} {found} is installed: pip install '{text}'")
    return [str(text) for _, text in entries]


REQUIRES = Section[list[str]]("requires", many=True, read=_requires)
