"""The recipe's sections about how a model is scored, and which one beside its base."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

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


@dataclass(frozen=True)
class TunedModel:
    """A model that was tuned before."""

    model: Annotated[
        str | None,
        Meta(
            description="score this model beside the base, and train none: a run, a model's or an adapter's"
            " folder, or a name on the hub"
        ),
    ] = None


def _trained_or_given(checker: "Checker", recipe: Recipe) -> None:
    if recipe[TUNED_MODEL].model is None:
        return
    if checker.data.get("trainer"):
        checker.problem(("tuned",), "the recipe trains a model of its own: leave out this or `trainer`")
    if not checker.data.get("evaluators"):
        checker.problem(("tuned",), "this needs a section 'evaluators' too")


EVALUATORS = Section[list[Use]]("evaluators", kind="evaluator", many=True, needs=("model",), check=_held_out)
TUNED_MODEL = Section[TunedModel]("tuned", options=TunedModel, needs=("model",), check=_trained_or_given)
