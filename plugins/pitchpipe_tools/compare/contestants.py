"""The models that are compared, and what each of them answered to the held-out prompts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe_tools.runs.found import is_run, state_of

MODELS = ("tuned", "base")


class ContestantAnswer(Struct):
    """A line of answers-base.jsonl or answers-tuned.jsonl."""

    id: str
    prompt: str
    said: str
    ended: bool = True


@dataclass(frozen=True)
class Contestant:
    """A model, and its answers by the id of the prompt."""

    name: str
    run: Path
    answers: dict[str, ContestantAnswer]


def contestants(places: Sequence[Path]) -> list[Contestant]:
    """The tuned model of one run and its base, or the tuned models of several, always in the same order."""
    runs = [_run(place) for place in places]
    if len(runs) == 1:
        return [_contestant(runs[0], model, model) for model in MODELS]
    whole = [run.resolve() for run in runs]
    if same := [run for run, path in zip(runs, whole, strict=True) if whole.count(path) > 1]:
        raise PitchpipeError(f"{same[0]} is named twice. To compare it with its base, name it once.")
    named = sorted(zip(_names(whole), runs, strict=True), reverse=True)
    return [_contestant(run, _last_model(run), name) for name, run in named]


def _run(place: Path) -> Path:
    run = place.parent if place.name == "model" and is_run(place.parent) else place
    if is_run(run):
        return run
    near = [str(path) for path in place.parent.glob("*") if is_run(path)] if place.parent.is_dir() else []
    raise PitchpipeError(f"{place} is no run: it holds no run.json.{suggest(str(place), near)}")


def _names(runs: list[Path]) -> list[str]:
    """The shortest ends of paths that tell the runs apart."""
    for parts in range(1, max(len(run.parts) for run in runs)):
        names = ["/".join(run.parts[-parts:]) for run in runs]
        if len({*names}) == len(runs):
            return names
    return [str(run) for run in runs]


def _last_model(run: Path) -> str:
    """A run without a trainer has scored the base alone."""
    return "base" if _file(run, "base").exists() and not _file(run, "tuned").exists() else "tuned"


def _file(run: Path, model: str) -> Path:
    return run / f"answers-{model}.jsonl"


def _contestant(run: Path, model: str, name: str) -> Contestant:
    file = _file(run, model)
    if not file.exists():
        raise PitchpipeError(f"{run} has no answers of the {model} model. {_cure(run, model)}")
    answers = [msgspec.json.decode(line, type=ContestantAnswer) for line in file.read_bytes().splitlines()]
    if not answers:
        raise PitchpipeError(
            f"{file} is empty: no evaluator of its recipe asks for answers. Add `- exact_match` to"
            " `evaluators:` and run it again: what is done is not done anew."
        )
    return Contestant(name, run, {answer.id: answer for answer in answers})


def _cure(run: Path, model: str) -> str:
    state = state_of(run)
    if not state.startswith("done"):
        return f"It is not done ({state}): finish it with pitchpipe run."
    if model == "tuned" and _file(run, "base").exists():
        return "Its recipe has no trainer, so there is no tuned model: compare it with another run."
    return "Add `evaluators:` with `- exact_match` to its recipe, and run it again: nothing is done anew."
