"""The recipe's section about which weights of the model are trained."""

from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.model.can_train import check_adapter
from pitchpipe_stages.render.sections import COLLATOR, MODEL

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


def _check(checker: "Checker", recipe: Recipe) -> None:
    check_adapter(checker, recipe[MODEL], recipe[ADAPTER], recipe[COLLATOR])


ADAPTER = Section[Use | None]("adapter", kind="adapter", needs=("trainer",), check=_check)
