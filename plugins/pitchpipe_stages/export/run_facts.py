"""What a run says of itself, for the card of its model: data, training, scores, versions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.scoring import Score
from pitchpipe.records.conversation import Json
from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.export.licences import licence


@dataclass(frozen=True)
class DataFacts:
    """A source of data: what it is called, where it is from, and its licence."""

    label: str
    origin: str
    on_hub: bool
    licence: str


@dataclass(frozen=True)
class RunFacts:
    """A run's records. What a stage that was not done would have said is empty."""

    recipe: Json
    known: Json
    scores: dict[str, dict[str, Score]]
    sources: list[DataFacts]

    @classmethod
    def of(cls, run: Path) -> "RunFacts":
        """Reads run.json, recipe.json and scores.json."""
        known = _read(run / "run.json")
        recipe, home = _read(run / "recipe.json"), Path(str(known.get("recipe") or run)).parent
        found = Evaluated.read(run)
        scores = found.models if found else {}
        sources = [_source(entry, home) for entry in recipe.get("loaders", [])]
        return cls(without_places(recipe), known, scores, sources)

    def result(self, stage: str) -> Json:
        """What a stage reported."""
        return self.known.get("stages", {}).get(stage, {}).get("result") or {}

    @property
    def versions(self) -> dict[str, str]:
        found = {"pitchpipe": self.known.get("pitchpipe", ""), "Python": self.known.get("python", "")}
        return {
            name: str(version)
            for name, version in (found | self.known.get("packages", {})).items()
            if version
        }

    @property
    def git(self) -> str:
        """The commit of the recipe's folder."""
        git = self.known.get("git") or {}
        return git["commit"] + " with changes" * bool(git["changed"]) if git.get("commit") else ""


def without_places(value: Any) -> Any:
    """Plain data in which paths of this machine are their last names."""
    if isinstance(value, dict):
        return {name: without_places(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_places(inner) for inner in value]
    if isinstance(value, str) and value.startswith(("/", "~/", "../")):
        return Path(value).name or value
    return value


def _source(entry: Any, home: Path) -> DataFacts:
    """What a recipe says of a source."""
    name, options = next(iter(entry.items())) if isinstance(entry, dict) else (str(entry), None)
    said: Json = options if isinstance(options, dict) else {}
    place = said.get("path") or said.get("folder")
    file = (home / str(place)).expanduser() if place else None
    on_hub = str(said["name"]) if name.endswith("huggingface") and said.get("name") else None
    label = str(said.get("name") or (Path(str(place)).name if place else name))
    origin = on_hub or (Path(str(place)).name if place else name)
    revision = said.get("revision") if isinstance(said.get("revision"), str) else None
    return DataFacts(label, origin, on_hub is not None, licence(on_hub, revision, file))


def _read(file: Path) -> Json:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Json)
    except (OSError, msgspec.DecodeError) as error:
        raise PitchpipeError(f"{file} cannot be read, and the model's card needs it: {error}") from None
