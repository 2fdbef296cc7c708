"""scores.json: what an evaluation found, of the base, of the tuned model, and of the difference."""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from pitchpipe.host.scoring import Score

FILE, FOUND = "scores.json", "contaminated.jsonl"
Way = Literal["better", "worse", "even", "unsure"]


class Difference(Struct):
    """Tuned minus base on the same items, between `low` and `high` with 95 % confidence; which `way` that is.

    "even": both sides say the same of every item. "unsure": chance may explain it, as often as `chance` says;
    the more is compared, the less often it may be. They `differ` on so many items.
    """

    value: float | None
    count: int
    low: float | None = None
    high: float | None = None
    way: Way = "unsure"
    chance: float | None = None
    differ: int | None = None  # none: nobody knows of the items


class BothModels(Struct):
    """A score of one model, or of both, with their difference."""

    base: Score | None = None
    tuned: Score | None = None
    difference: Difference | None = None


class Upshot(Struct):
    """Whether tuning helped: a sentence, and what got better and worse beyond what chance explains."""

    sentence: str = ""
    better: list[str] = field(default_factory=list)
    worse: list[str] = field(default_factory=list)
    better_groups: list[tuple[str, str]] = field(default_factory=list)  # name of a score, and group
    worse_groups: list[tuple[str, str]] = field(default_factory=list)


class Evaluated(Struct):
    """All of it, scores by name. `groups` are by name, then by group: "category: brief", "source: alpaca"
    or an evaluator's own. `contaminated` are scores of items that stand in the training data, `clean` of the
    others."""

    base: dict[str, Score] = field(default_factory=dict)
    tuned: dict[str, Score] = field(default_factory=dict)
    difference: dict[str, Difference] = field(default_factory=dict)
    upshot: Upshot = field(default_factory=Upshot)
    groups: dict[str, dict[str, BothModels]] = field(default_factory=dict)
    contaminated: dict[str, BothModels] = field(default_factory=dict)
    clean: dict[str, BothModels] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Evaluated | None":
        """What a run's folder holds."""
        file = folder / FILE
        return msgspec.json.decode(file.read_bytes(), type=cls) if file.exists() else None

    @property
    def models(self) -> dict[str, dict[str, Score]]:
        """The scores of the models that were scored."""
        found = {"base": self.base, "tuned": self.tuned}
        return {model: scores for model, scores in found.items() if scores}

    def both(self, name: str) -> BothModels:
        """A score of both models."""
        return BothModels(self.base.get(name), self.tuned.get(name), self.difference.get(name))
