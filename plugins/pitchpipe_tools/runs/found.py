"""The runs in a folder, and the models that they keep: read from their files, nothing is loaded."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.run.directory import KEPT, MARK
from pitchpipe_tools.runs.origin import origin

Json = dict[str, Any]


@dataclass
class FoundRun:
    """A run, or a model that one keeps from before."""

    path: Path
    name: str  # as seen from the folder of all runs
    recipe: str
    when: datetime
    state: str
    scores: dict[str, Json] = field(default_factory=dict)  # of "base" and "tuned"
    origin: Path | None = None  # the run that it began with

    @property
    def size(self) -> int:
        """Bytes on disk."""
        files = (Path(folder) / name for folder, _, names in os.walk(self.path) for name in names)
        return sum(file.lstat().st_size for file in files)


def runs_in(folder: Path) -> list[FoundRun]:
    """The runs in a folder, the newest first, each followed by what it keeps."""
    paths = [path for path in folder.iterdir() if is_run(path)] if folder.is_dir() else []
    runs = sorted(map(_run, paths), key=lambda run: run.when, reverse=True)
    return [found for run in runs for found in (run, *_kept(run))]


def is_run(path: Path) -> bool:
    return path.is_dir() and any((path / name).exists() for name in MARK)


@contextmanager
def at_rest(path: Path) -> Iterator[bool]:
    """Whether nobody is at work in a run; while this lasts, nobody begins."""
    if not (path / ".lock").exists():
        yield True
        return
    with open(path / ".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _run(path: Path) -> FoundRun:
    record = _json(path / "run.json")
    newest = max((file.stat().st_mtime for file in (path / "run.json", path) if file.exists()), default=0)
    when, scores = datetime.fromtimestamp(newest), _json(path / "scores.json")
    return FoundRun(path, path.name, record.get("recipe", ""), when, state_of(path), scores, origin(path))


def _kept(run: FoundRun) -> Iterator[FoundRun]:
    folders = [folder for folder in (run.path / KEPT).glob("*") if folder.is_dir()]
    for folder in sorted(folders, key=lambda folder: folder.name):
        when, name = datetime.fromtimestamp(folder.stat().st_mtime), f"{run.name}/{KEPT}/{folder.name}"
        yield FoundRun(folder, name, "", when, "a model from before", _json(folder / "scores.json"))


def state_of(path: Path) -> str:
    """What a run is at, or how far it came."""
    record = _json(path / "run.json")
    stages = record.get("stages", {})
    begun = [name for name, stage in stages.items() if not stage["done"]]
    with at_rest(path) as rests:
        if not rests:
            return f"at work: {begun[-1]}" if begun else "at work"
    if not stages:
        return "damaged" if (path / "run.json").exists() else "nothing done"
    return f"stopped in {begun[-1]}" if begun else f"done: {list(stages)[-1]}"


def _json(file: Path) -> Json:
    try:
        found = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return found if isinstance(found, dict) else {}
