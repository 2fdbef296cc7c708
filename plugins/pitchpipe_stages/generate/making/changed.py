"""What to know of rows that are there: the recipe says something else now, or some are missing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.host.contracts import Ask
from pitchpipe.host.local import LOCAL
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.keys import KeyParts, digest, digest_files, parts_of
from pitchpipe_stages.generate.making.place import MADE
from pitchpipe_stages.generate.making.seed_files import files_of_seeds
from pitchpipe_stages.generate.requests.abilities import NamesRequest, TakesModels


class MadeBefore(Struct):
    """What is read of made.json."""

    finished: bool
    problem: str
    decided_by: KeyParts


def decided_by_sections(
    recipe: Recipe, generators: Sequence[Use], seed: int, teachers: Sequence[Use]
) -> KeyParts:
    """All that decides what generators make, by names that people know."""
    parts: KeyParts = {"generate.seed": str(seed)}
    for use in generators:
        shared = {name: value for name, value in use.shared.items() if name != "seeds"}
        parts |= parts_of(replace(use, shared=shared), recipe)
        if files := files_of_seeds(recipe, use):
            parts[f"generator {use.label}'s seeds"] = digest_files(*files)
    asked = {use.shared.get("teacher") for use in generators}
    for teacher in (one for one in teachers if one.label in asked):
        parts |= _of_teacher(teacher, recipe)
    return parts


def _of_teacher(teacher: Use, recipe: Recipe) -> KeyParts:
    if not isinstance(teacher.bound, NamesRequest) or isinstance(teacher.bound, TakesModels):
        return parts_of(teacher, recipe)
    return {f"teacher {teacher.label}'s model and parameters": digest(teacher.bound.request(Ask(())))}


def unlike(now: KeyParts, then: KeyParts) -> list[str]:
    """Names of what is not as it was. Code counts where it is the recipe's own."""
    differ = {name for name, _ in now.items() ^ then.items()}
    return sorted(name for name in differ if LOCAL in name or not name.endswith(("'s code", "'s version")))


def doubts(recipe: Recipe, folder: Path, decided_by: KeyParts) -> list[str]:
    """Sentences about the rows of a recipe, each with its cure."""
    command = f"pitchpipe generate {recipe.path}"
    with suppress(OSError, msgspec.DecodeError):
        made = msgspec.json.decode((folder / MADE).read_bytes(), type=MadeBefore)
        missing = f"not all that was wanted was made: {made.problem}. To go on: {command}"
        changed = ", ".join(unlike(decided_by, made.decided_by))
        older = f"the rows were made by an older recipe ({changed}). To make them anew: {command}"
        return [missing] * (not made.finished) + [older] * bool(changed)
    return []
