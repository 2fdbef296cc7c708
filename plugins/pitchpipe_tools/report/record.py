"""What run.json and recipe.json say of a run: its stages, and what it was made by."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Json

DECIDE = ("prepare", "train", "evaluate")  # stages, by their first word, that scores are made by


class DoneStage(Struct):
    """A stage in run.json."""

    done: bool = False
    parts: Json = field(default_factory=dict)
    result: Any = None
    seconds: float | None = None


class SpentOn(Struct):
    """What was asked of a teacher, and what it cost. No price, no dollars."""

    model: str = ""
    requests: int = 0
    tokens: int = 0
    dollars: float | None = None


class RecordedRun(Struct):
    """run.json, without what plugins may add to it."""

    stages: dict[str, DoneStage] = field(default_factory=dict)
    recipe: str = ""
    pitchpipe: str = ""
    python: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    git: Json | None = None
    asked: dict[str, SpentOn] = field(default_factory=dict)  # by teacher

    @classmethod
    def of(cls, run: Path) -> "RecordedRun":
        try:
            return msgspec.json.decode((run / "run.json").read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError):
            raise PitchpipeError(f"{run} is no run") from None

    @property
    def is_scored(self) -> bool:
        """Whether the scores are those of what there is: where a stage is done again, they are of before."""
        stages = [stage for name, stage in self.stages.items() if name.split()[0] in DECIDE]
        return all(stage.done for stage in stages) and any(
            name.startswith("evaluate") for name in self.stages
        )

    @property
    def recipe_path(self) -> str:
        """The recipe's file, as seen from here where that is shorter."""
        return min(self.recipe, os.path.relpath(self.recipe), key=len) if self.recipe else ""


def read_recipe(run: Path) -> Json:
    """The recipe as it was run, overrides included."""
    try:
        return msgspec.json.decode((run / "recipe.json").read_bytes(), type=Json)
    except (OSError, msgspec.DecodeError):
        return {}


def written_at(run: Path) -> datetime:
    """When the run last noted something. The page is the same as long as the run is."""
    return datetime.fromtimestamp((run / "run.json").stat().st_mtime)


def model_of(recipe: Json) -> str:
    """The name of a recipe's model on the hub, its folder, or its component."""
    found = recipe.get("model")
    options = next(iter(found.values()), None) if isinstance(found, Mapping) else None
    named = (options.get("name") or options.get("folder")) if isinstance(options, Mapping) else None
    return str(named or component(recipe, "model"))


def component(recipe: Json, section: str) -> str:
    """The name of what stands in a section of a recipe, or nothing."""
    found = recipe.get(section)
    if isinstance(found, Mapping):
        found = next(iter(found), "")
    return str(found or "")
