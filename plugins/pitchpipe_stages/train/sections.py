"""The recipe's sections about how the model is trained, what it is rewarded for, and who records it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol, runtime_checkable

from pitchpipe.host.options import Meta
from pitchpipe.host.protocols import Packing
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.prepare.sections import SPLIT
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.render.suits import parts_prompts
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
    _check_rows(checker, use, recipe[COLLATOR])
    add_hints(checker, recipe, use, has_validation)


def _check_rows(checker: "Checker", trainer: Use, collator: Use | None) -> None:
    """A trainer may say `packs = False`: it takes rows of one conversation, to be written by a decoder."""
    shared = collator is not None and (isinstance(collator.bound, Packing) or parts_prompts(collator))
    if collator and shared and not getattr(trainer.bound, "packs", True):
        words = f"trainer {trainer.label} takes rows of one conversation, and {collator.name} makes others"
        checker.problem(("collator",), f"{words}. Use `collator: padded`")


@dataclass(frozen=True)
class Weighed:
    """What all rewards have."""

    weight: Annotated[float, Meta(description="what its values count, beside those of other rewards")] = 1.0


@runtime_checkable
class TakesRewards(Protocol):
    """A trainer that tries replies out, and learns from what rewards say of them."""

    takes_rewards: bool


def _check_rewards(checker: "Checker", recipe: Recipe) -> None:
    """Rewards stand beside a trainer that asks for them, and beside no other."""
    trainer = recipe[TRAINER]
    if trainer is None:
        return
    asked = isinstance(trainer.bound, TakesRewards) and trainer.bound.takes_rewards
    if asked and not checker.data.get("rewards"):
        words = "this learns from rewards: add a section `rewards`, a list such as [exact_answer]"
        checker.problem(("trainer", trainer.name), words)
    if recipe[REWARDS] and not asked:
        checker.problem(("rewards",), f"trainer {trainer.label} learns from no rewards: {_askers(checker)}")


def _askers(checker: "Checker") -> str:
    names = [c.name for c in checker.host.all("trainer") if getattr(c.call, "takes_rewards", False)]
    return f"those that do are {', '.join(names)}"


TRAINER = Section[Use | None]("trainer", kind="trainer", needs=("model",), check=_check)
REWARDS = Section[list[Use]](
    "rewards", kind="reward", many=True, options=Weighed, needs=("trainer",), check=_check_rewards
)
TRACKERS = Section[list[Use]]("trackers", kind="tracker", many=True, needs=("trainer",))
