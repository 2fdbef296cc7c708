"""The recipe's sections about how the model is trained, and about who records it."""

from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.prepare.sections import SPLIT
from pitchpipe_stages.train.hints import add_hints

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

WATCHING = {"patience": None, "keep": "last"}  # options that need validation rows, and what needs none


def _check(checker: "Checker", recipe: Recipe) -> None:
    if (use := recipe[TRAINER]) is None:
        return
    has_validation = recipe[SPLIT].validation > 0 or any(s.side == "validation" for s in recipe[LOADERS])
    for option, idle in WATCHING.items() if not has_validation else ():
        if (value := getattr(use.bound, option, idle)) != idle:
            words = f"{value} needs validation rows: add split: {{train: 0.95, validation: 0.05}}"
            checker.problem(("trainer", use.name, option), words)
    add_hints(checker, recipe, use)


TRAINER = Section[Use | None]("trainer", kind="trainer", needs=("model",), check=_check)
TRACKERS = Section[list[Use]]("trackers", kind="tracker", many=True, needs=("trainer",))
