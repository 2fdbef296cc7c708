"""The recipe's section about how the model is scored."""

from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.prepare.sections import SPLIT

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


def _held_out(checker: "Checker", recipe: Recipe) -> None:
    held_out = recipe[SPLIT].test > 0 or any(source.side == "test" for source in recipe[LOADERS])
    if EVALUATORS in recipe and not held_out:
        checker.problem(
            ("evaluators",), "nothing is held out to evaluate on: add split: {train: 0.9, test: 0.1}"
        )


EVALUATORS = Section[list[Use]]("evaluators", kind="evaluator", many=True, needs=("model",), check=_held_out)
