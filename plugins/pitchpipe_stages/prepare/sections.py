"""The recipe's sections about which rows are trained on, and how often: split and mix."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.recipe.section import Section
from pitchpipe_stages.data.sections import LOADERS, Count, Share

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

AMOUNTS = ("weight", "fraction", "count", "epochs")


@dataclass(frozen=True)
class Split:
    """Which share of the conversations is for what. The same prompt always lands on the same side."""

    train: Annotated[Share, Meta(description="share to train on")] = 1.0
    validation: Annotated[Share, Meta(description="share that the trainer watches")] = 0.0
    test: Annotated[Share, Meta(description="share that evaluators ask")] = 0.0
    by: Annotated[
        Literal["category"] | None, Meta(description="meet the shares in each category, not only over all")
    ] = None
    seed: Annotated[int, Meta(description="another seed, another split")] = 0

    def __post_init__(self) -> None:
        if abs(self.train + self.validation + self.test - 1) > 1e-6:
            raise ValueError("train, validation and test must add up to 1")


@dataclass(frozen=True)
class Mix:
    """How much of each source is trained on, where sources do not say it themselves.

    With none of these options, and no source that says otherwise, every row is taken once.
    """

    by: Annotated[
        Literal["size", "temperature"] | None,
        Meta(description="rates by size (capped by `cap`), or by its root, which favours small sources"),
    ] = None
    temperature: Annotated[
        float, Meta(ge=1, description="the root that by: temperature takes; FLAN's is 3")
    ] = 3.0
    cap: Annotated[
        Count | None, Meta(description="a source counts as no larger than this when rates are made")
    ] = None
    total: Annotated[
        Count | None, Meta(description="how much to train on in one epoch; left out: as much as there is")
    ] = None
    unit: Annotated[
        Literal["conversations", "tokens"], Meta(description="what sizes, `cap`, `total` and counts are in")
    ] = "conversations"
    stepwise: Annotated[
        Share | None, Meta(description="the share of chain-of-thought conversations in the whole")
    ] = None
    seed: Annotated[int, Meta(description="another seed, another choice of rows")] = 0

    def rates(self) -> bool:
        """Are sources that say nothing themselves mixed by rates?"""
        return self.by is not None or self.cap is not None

    @property
    def root(self) -> float:
        return self.temperature if self.by == "temperature" else 1.0


def _amounts(checker: "Checker", recipe: Recipe) -> None:
    """A source says one amount; weights only mean something beside other weights."""
    sources = recipe[LOADERS]
    for (key, _), source in zip(checker.entries("loaders"), sources, strict=False):
        if len(given := [name for name in AMOUNTS if getattr(source, name) is not None]) > 1:
            checker.problem(key, f"say {' or '.join(given)}, not both")
    open_ones = [s for s in sources if s.side in (None, "train")]
    rated = [s for s in open_ones if not (s.fraction or s.count or s.epochs)]
    if any(s.weight for s in rated) and not all(s.weight for s in rated):
        name = next(s.name for s in rated if not s.weight)
        checker.problem(("loaders",), f"'{name}' needs a weight too (or a fraction, count or epochs)")
    if any(s.weight for s in rated) and recipe[MIX].rates():
        checker.problem(("mix",), "sources have weights: leave out `by` and `cap`, or the weights")


SPLIT = Section[Split]("split", options=Split)
MIX = Section[Mix]("mix", options=Mix, check=_amounts)
