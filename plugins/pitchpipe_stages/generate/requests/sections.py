"""The recipe's sections about other models that it asks: who they are, and what they may cost."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pitchpipe.errors import PitchpipeError, Problem, suggest
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.generate.requests.abilities import NeedsVariable, TakesModels, is_priced
from pitchpipe_stages.generate.requests.budget import Budget
from pitchpipe_stages.render.sections import MODEL

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

Found = TypeVar("Found")
TEACHER = "teacher"  # the option by which a component names whom it asks


def names_teachers(checker: "Checker", recipe: Recipe, section: Section[list[Use]]) -> None:
    """Checks whom the components of a section ask: a teacher of the recipe, that can what they need of it.

    A component says by an attribute `needs_teacher` what that is, as ("schema",): all of its kind, or the one
    that has these options.
    """
    teachers = {use.label: use for use in recipe[TEACHERS]}
    entries, uses = list(checker.entries(section.name)), recipe[section]
    sound = uses if len(uses) == len(entries) else [None] * len(entries)
    for (at, entry), use in zip(entries, sound, strict=True):
        for name, options in entry.items() if isinstance(entry, dict) else ():
            asked = options.get(TEACHER) if isinstance(options, dict) else None
            if isinstance(asked, str):
                needs = _needs(use) if use else []
                _check_one(checker, (*at, name, TEACHER), asked, teachers, needs)


def teacher_named(name: str, teachers: Mapping[str, Found]) -> Found:
    """One of the recipe's teachers."""
    if name not in teachers:
        raise PitchpipeError(f"the recipe has no teacher '{name}'.{suggest(name, teachers)}")
    return teachers[name]


def _check_one(checker: "Checker", key: Any, asked: str, teachers: dict[str, Use], needs: list[str]) -> None:
    if asked not in teachers:
        if not checker.data.get(TEACHERS.name):
            example = f"teachers: {{{asked}: {{openai: {{url: ..., model: ...}}}}}}"
            words = f"the recipe has no teachers: add {example}"
            checker.problem(key, words)
        elif asked not in checker.data[TEACHERS.name]:
            checker.problem(key, f"no teacher '{asked}'.{suggest(asked, teachers)}")
    elif lacking := [need for need in needs if need not in teachers[asked].bound.can]:
        words = f"this needs a teacher that can {' and '.join(lacking)}, and {teachers[asked].name} cannot"
        able = [use.label for use in teachers.values() if set(needs) <= use.bound.can]
        kinds = [
            one.name for one in checker.host.all("teacher") if set(needs) <= getattr(one.call, "can", set())
        ]
        cure = f"Of this recipe, {' and '.join(able)} can" if able else f"What can: {', '.join(kinds)}"
        checker.problem(key, f"{words}. {cure}")


def _needs(use: Use) -> list[str]:
    of_kind = getattr(use.component.call, "needs_teacher", ())  # options bind a function as a partial
    return list(getattr(use.bound, "needs_teacher", of_kind))


def _check_teachers(checker: "Checker", recipe: Recipe) -> None:
    for use in recipe[TEACHERS]:
        key = (TEACHERS.name, use.label, use.name)
        name = use.bound.variable() if isinstance(use.bound, NeedsVariable) else ""
        if name and name not in os.environ:
            words = f"the variable {name} is not set here. Before this teacher is asked: export {name}=..."
            recipe.hints.append(Problem(str(checker.document.place((*key, "key"))), ".".join(key), words))
        if isinstance(use.bound, TakesModels) and not use.bound.place and not recipe[MODEL]:
            words = "this asks the recipe's own model, and there is none: add `model`, or give folder or name"
            checker.problem(key, words)
        if recipe[BUDGET].dollars is not None and not is_priced(use):
            words = "a budget in dollars needs its price: add dollars_per_million: {input: ..., output: ...}"
            checker.problem(key, words)


TEACHERS = Section[list[Use]]("teachers", kind="teacher", named=True, check=_check_teachers)
BUDGET = Section[Budget]("budget", options=Budget, needs=("teachers",))
