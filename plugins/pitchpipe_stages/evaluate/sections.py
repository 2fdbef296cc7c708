"""The recipe's section about how the model is scored."""

from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.generate.requests.sections import names_teachers
from pitchpipe_stages.held_out import ask_held_out
from pitchpipe_stages.prepare.sections import SPLIT

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


def _held_out(checker: "Checker", recipe: Recipe) -> None:
    held_out = recipe[SPLIT].test > 0 or any(source.side == "test" for source in recipe[LOADERS])
    asking = ask_held_out(recipe)
    if asking and not held_out:
        cure = "split: {train: 0.9, test: 0.1}" if LOADERS in recipe else "a loader with `side: test`"
        checker.problem(("evaluators",), f"nothing is held out to evaluate on: add {cure}")
    names_teachers(checker, recipe, EVALUATORS)


EVALUATORS = Section[list[Use]]("evaluators", kind="evaluator", many=True, needs=("model",), check=_held_out)
