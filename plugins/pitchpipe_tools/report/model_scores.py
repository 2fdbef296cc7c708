"""The scores of both models, as run.json records them, and those in which the tuned model is worse."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pitchpipe.host.scoring import Score

MODELS = ("base", "tuned")
ModelScores = dict[str, dict[str, Score]]  # by model, by name


class _Stage(Struct):
    done: bool = False
    result: Any = None


class _RunFile(Struct):
    stages: dict[str, _Stage]


def model_scores(run: Path) -> ModelScores:
    """Reads run.json. What is not done is no result."""
    stages = msgspec.json.decode((run / "run.json").read_bytes(), type=_RunFile).stages
    results = {name: stage.result for name, stage in stages.items() if stage.done}
    found = {model: results[name] for model in MODELS if (name := f"evaluate {model}") in results}
    return msgspec.convert(found, ModelScores)


def worse(found: ModelScores) -> list[str]:
    """The names of the scores in which the tuned model is worse. No number is worse than a number."""
    base, tuned = (found.get(model, {}) for model in MODELS)
    return [name for name in tuned if name in base and _is_worse(base[name], tuned[name])]


def _is_worse(base: Score, tuned: Score) -> bool:
    if base.value is None or tuned.value is None:
        return base.value is not None
    if base.better is None:
        return False
    return tuned.value < base.value if base.better == "higher" else tuned.value > base.value
