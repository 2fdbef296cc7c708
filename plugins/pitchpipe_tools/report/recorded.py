"""What run.json records of a run beside its rows: warnings, repeats, columns that nobody read, and scores.

The page shows what is there: a run that was prepared or evaluated without one of these has none to show.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

MODELS = ("base", "tuned")


class RecordedScore(Struct):
    """A model's score. Where it does not say what is `better`, nothing is said to be worse."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_share: bool = False
    better: str | None = None

    def is_worse_than(self, base: "RecordedScore") -> bool:
        """Whether this score is worse than the base's. No number is worse than a number."""
        if self.value is None or base.value is None:
            return self.value is None and base.value is not None
        sides = {"higher": self.value < base.value, "lower": self.value > base.value}
        return sides.get(self.better or "", False)


class RecordedSide(Struct):
    """A held-out side, and how many of its questions stand in train as well."""

    conversations: int = 0
    in_train: int = 0


class RecordedRepeats(Struct):
    """The conversations in train, and how many repeat another, but for case and the like or exactly."""

    train: int = 0
    repeated: int = 0
    to_the_letter: int = 0
    held_out: dict[str, RecordedSide] = {}


class RecordedSource(Struct):
    """The rows of a source, and of each column that nobody read the rows that hold words there."""

    read: int = 0
    unread: dict[str, int] = {}


class RecordedData(Struct):
    """What the stage `prepare` found."""

    rows: dict[str, RecordedSource] = {}
    repeats: RecordedRepeats = msgspec.field(default_factory=RecordedRepeats)
    warnings: list[str] = []


ModelScores = dict[str, dict[str, RecordedScore]]  # by model, by name


class Recorded(Struct):
    """What the page shows of run.json beside the rows."""

    data: RecordedData = msgspec.field(default_factory=RecordedData)
    scores: ModelScores = {}

    def worse(self) -> list[str]:
        """The names of the scores in which the tuned model is worse than the base."""
        base, tuned = (self.scores.get(model, {}) for model in MODELS)
        return [name for name in tuned if name in base and tuned[name].is_worse_than(base[name])]


class _Stage(Struct):
    done: bool = False
    result: Any = None


class _RunFile(Struct):
    stages: dict[str, _Stage]


def recorded(run: Path) -> Recorded:
    """Reads run.json. What is not done is no result."""
    stages = msgspec.json.decode((run / "run.json").read_bytes(), type=_RunFile).stages
    results = {name: stage.result for name, stage in stages.items() if stage.done}
    scores = {model: results[name] for model in MODELS if (name := f"evaluate {model}") in results}
    return msgspec.convert({"data": results.get("prepare", {}), "scores": scores}, Recorded)
