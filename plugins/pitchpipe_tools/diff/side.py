"""A run that is compared with another one, read from its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct, field

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.records.conversation import Json
from pitchpipe.run.directory import KEPT
from pitchpipe_stages.evaluate.groups import groups_of
from pitchpipe_stages.evaluate.measures import Measure, read_measures
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.train.reported import reported
from pitchpipe_tools.runs.found import is_run, runs_in


class Told(Struct):
    """A line of answers-tuned.jsonl: an answer to a held-out prompt."""

    id: str
    prompt: str = ""
    expected: str = ""
    said: str = ""
    scores: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class CompareSide:
    """A run, or a model that one kept. What it does not have is empty."""

    path: Path
    name: str

    @cached_property
    def recipe(self) -> Json:
        return _read(self.path / "recipe.json") or {}

    @cached_property
    def stages(self) -> Json:
        """The results of the stages that are done. A kept model has none."""
        stages = (_read(self.path / "run.json") or {}).get("stages", {})
        return {name: one.get("result") for name, one in stages.items() if one.get("done")}

    @cached_property
    def prepared(self) -> Prepared | None:
        found = self.stages.get("prepare")
        return msgspec.convert(found, Prepared) if found else None

    @property
    def trained(self) -> dict[str, object]:
        """What training reported at its end, and its last numbers."""
        last: dict[str, float | None] = {}
        for values in reported(self.path).values() if "train" in self.stages else ():
            last |= values
        return last | (self.stages.get("train") or {})

    @property
    def model(self) -> str:
        """The model whose scores count: the tuned one, where there is one."""
        return "tuned" if (self.path / "measured-tuned.jsonl").exists() else "base"

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        return read_measures(self.path / f"measured-{self.model}.jsonl")

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        return groups_of(self.path / "prepared")

    @cached_property
    def answers(self) -> dict[str, Told]:
        file = self.path / f"answers-{self.model}.jsonl"
        lines = file.read_bytes().splitlines() if file.exists() else []
        try:
            return {one.id: one for one in (msgspec.json.decode(line, type=Told) for line in lines)}
        except msgspec.DecodeError:
            raise PitchpipeError(f"{file} is damaged") from None


def side_of(place: str, runs: Path) -> CompareSide:
    """The run that a person means: a folder, or a name in the folder of all runs."""
    for path in (Path(place), runs / place):
        if is_run(path) or (path.parent.name == KEPT and is_run(path.parents[1]) and path.is_dir()):
            return CompareSide(path, place.rstrip("/"))
    if Path(place).suffix in (".yaml", ".yml"):
        raise PitchpipeError(f"{place} is a recipe. Name its runs: diff compares what runs have left behind")
    known = [run.name for run in runs_in(runs)]
    what = "is no run: it holds no run.json" if Path(place).exists() else "is not there"
    near = suggest(place, [str(runs / name) for name in known] if "/" in place else known)
    raise PitchpipeError(f"{place} {what}.{near or f' There is no run in {runs}.'}")


def _read(file: Path) -> Json | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Json) if file.exists() else None
    except msgspec.DecodeError:
        raise PitchpipeError(f"{file} is damaged") from None
