"""What to know of rows that are there: the recipe says something else now, or some are missing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.keys import KeyParts, digest_files, parts_of
from pitchpipe_stages.generate.making.place import MADE
from pitchpipe_stages.generate.making.seed_files import files_of_seeds


class MadeBefore(Struct):
    """What is read of made.json."""

    finished: bool
    problem: str
    decided_by: KeyParts


def decided_by_generators(recipe: Recipe, uses: Sequence[Use], seed: int) -> KeyParts:
    """All that decides what generators make, beside their teachers, by names that people know."""
    parts: KeyParts = {"generate.seed": str(seed)}
    for use in uses:
        shared = {name: value for name, value in use.shared.items() if name != "seeds"}
        parts |= parts_of(replace(use, shared=shared), recipe)
        if files := files_of_seeds(recipe, use):
            parts[f"generator {use.label}'s seeds"] = digest_files(*files)
    return parts


def doubts(recipe: Recipe, folder: Path, decided_by: KeyParts) -> list[str]:
    """Sentences, each with its cure."""
    command = f"pitchpipe generate {recipe.path}"
    with suppress(OSError, msgspec.DecodeError):
        made = msgspec.json.decode((folder / MADE).read_bytes(), type=MadeBefore)
        missing = f"not all that was wanted was made: {made.problem}. To go on: {command}"
        changed = ", ".join(_unlike(decided_by, made.decided_by))
        older = f"the rows were made by an older recipe ({changed}). To make them anew: {command}"
        return [missing] * (not made.finished) + [older] * bool(changed)
    return []


def _unlike(now: KeyParts, then: KeyParts) -> list[str]:
    """Names of what the recipe says otherwise; not of what another pitchpipe would do otherwise."""
    names = (name for name in now | then if not name.startswith(("plugin ", "teacher ")))
    return sorted(name for name in names if now.get(name) != then.get(name) and not name.endswith("'s code"))
