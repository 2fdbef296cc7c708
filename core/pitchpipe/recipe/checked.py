"""Checks a recipe, all of it: every problem at once, each with its place and the nearest name."""

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.checker import Checker
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.recipe.section import Section


def checked(document: Document, host: Host, whole: bool = True) -> Recipe:
    """The recipe that a document says. A part of one lacks sections that others would need."""
    sections = sections_of(host)
    names = [section.name for section in sections]
    if not isinstance(document.data, dict):
        raise PitchpipeError(f"{document.path.name}: a recipe is a mapping of sections: {', '.join(names)}")
    checker = Checker(document, document.path.parent.resolve(), host)
    recipe = Recipe(document.path, document.data, host)
    for name in set(checker.data) - set(names):
        checker.problem((name,), f"no such section.{checker.near((name,), names)}")
    for section in sections:
        recipe[section] = section.value(checker)
    for section in sections if whole else ():
        _beside_others(section, recipe, checker)
    if document.problems:
        raise PitchpipeError("\n".join(map(str, sorted(document.problems, key=checker.order))))
    host.notify("on_recipe_loaded", recipe=recipe)
    return recipe


def sections_of(host: Host) -> list[Section[object]]:
    """The sections that a recipe may have: those of every stage."""
    return [section for stage in host.stages() for section in stage.sections]


def _beside_others(section: Section[object], recipe: Recipe, checker: Checker) -> None:
    """Checks a section against the others."""
    if section.required and section not in recipe:
        checker.problem((section.name,), f"a recipe needs at least one {section.kind or section.name}")
    for needed in section.needs:
        if section in recipe and not checker.data.get(needed):
            checker.problem((section.name,), f"this needs a section '{needed}' too")
    if section.check:
        section.check(checker, recipe)
