"""The section about the models: what both scored on the conversations that were held out."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number

MODELS = ("base", "tuned")


class ModelScore(Struct):
    """A score as run.json keeps it. Where it does not say what is `better`, nothing is said to be worse."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_share: bool = False
    better: str | None = None

    def is_worse_than(self, base: "ModelScore") -> bool:
        """Whether this score is worse than the base's. No number is worse than a number."""
        if self.value is None or base.value is None:
            return self.value is None and base.value is not None
        return {"higher": self.value < base.value, "lower": self.value > base.value}.get(
            base.better or "", False
        )

    def __str__(self) -> str:
        return "not a number" if self.value is None else self._written(self.value)

    @property
    def interval(self) -> str:
        known = self.low is not None and self.high is not None
        return f"{self._written(self.low or 0)} to {self._written(self.high or 0)}" if known else ""

    def _written(self, value: float) -> str:
        return f"{100 * value:.1f}%" if self.is_share else number(value)


class _EvaluatedStage(Struct):
    done: bool = False
    result: Any = None


class _EvaluatedRun(Struct):
    stages: dict[str, _EvaluatedStage]


ModelScores = dict[str, dict[str, ModelScore]]  # by model, by name


def read_results(run: Path) -> ModelScores:
    """The scores of each model that the run has evaluated."""
    stages = msgspec.json.decode((run / "run.json").read_bytes(), type=_EvaluatedRun).stages
    found = {model: stages.get(f"evaluate {model}", _EvaluatedStage()) for model in MODELS}
    return {
        model: msgspec.convert(stage.result, dict[str, ModelScore])
        for model, stage in found.items()
        if stage.done
    }


def worse(results: ModelScores) -> list[str]:
    """The names of the scores in which the tuned model is worse than the base."""
    base, tuned = (results.get(model, {}) for model in MODELS)
    return [name for name in tuned if name in base and tuned[name].is_worse_than(base[name])]


def results_table(results: ModelScores) -> Markup:
    """A line for each score. A line in which the tuned model is worse is highlighted."""
    names = list(dict.fromkeys(name for scores in results.values() for name in scores))
    marked = {index for index, name in enumerate(names) if name in worse(results)}
    rows = [
        [name.replace("_", " "), *(_cell(scores.get(name)) for scores in results.values())] for name in names
    ]
    return table(["score", *results], rows, marked=marked)


def _cell(score: ModelScore | None) -> list[object]:
    return [str(score), element("small", score.interval) if score.interval else None] if score else [""]
