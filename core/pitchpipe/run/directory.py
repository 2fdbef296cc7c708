"""The run directory. run.json holds the key and the result of each stage, so that it is done once."""

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe.run.atomic import write_json
from pitchpipe.run.keys import KeyParts
from pitchpipe.run.stage import Result, Stage

PATIENCE = 5  # seconds
KEPT = "kept"  # a folder in it, for what stages made before
MARK = {"run.json", ".lock"}  # a run directory holds one of these from its first moment on


class StageRecord(Struct):
    """A stage in run.json."""

    parts: KeyParts
    done: bool
    result: Any = None  # plain data
    seconds: float | None = None
    recipe: Any = None  # as it was, of a stage that keeps what it made


class Run:
    """One run of a recipe in its directory. Stages read their input here and put their results here."""

    def __init__(self, path: Path, recipe: Recipe, console: Console, workers: int = 0):
        self.path, self.recipe, self.console, self.workers = path, recipe, console, workers
        self.host = recipe.host
        self.stages: dict[str, StageRecord] = {}
        self._notes: Json = {}
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Makes the directory or continues in it, and locks it."""
        held = {file.name for file in self.path.iterdir()} if self.path.is_dir() else set()
        if self.path.exists() and (held or not self.path.is_dir()) and not held & MARK:
            raise PitchpipeError(f"{self.path} is there and is no run. Choose another --name or --runs.")
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.path / ".lock", "w")
        self._take(self._lock)
        self.read()
        self._must_be_ours()

    def close(self) -> None:
        """Gives the lock back, if it was taken."""
        if self._lock:
            self._lock.close()

    def _take(self, lock: IO[str]) -> None:
        """Waits: workers of a killed run hold the lock until they see that the run is gone."""
        for _ in range(PATIENCE * 10):
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.1)
        raise PitchpipeError(f"another pitchpipe is at work in {self.path}")

    def read(self) -> None:
        """What run.json knows of the stages."""
        file = self.path / "run.json"
        if not file.exists():
            return
        try:
            self._notes = msgspec.json.decode(file.read_bytes(), type=Json)
            self.stages = msgspec.convert(self._notes.pop("stages"), dict[str, StageRecord])
        except (msgspec.DecodeError, LookupError):
            raise PitchpipeError(f"{file} is damaged. Remove the folder to start the run anew.") from None

    def _must_be_ours(self) -> None:
        """Stops where the directory is the run of another recipe, unless that recipe is gone."""
        recipe, ours = self._notes.get("recipe"), self.recipe.path
        if recipe and os.path.exists(recipe) and ours.exists() and not os.path.samefile(recipe, ours):
            name = f"{ours.resolve().parent.name}-{ours.stem}"
            raise PitchpipeError(f"{self.path} is the run of {recipe}. Name this one, as in --name {name}")

    def save(self) -> None:
        write_json(self.path / "run.json", self._notes | {"stages": self.stages})

    def note(self, **notes: object) -> None:
        """Keeps plain data in run.json, beside the stages."""
        self._notes |= notes
        self.save()

    def done(self, stage: Stage[Any], parts: KeyParts) -> bool:
        """Whether a stage was done from the same parts, and all that it made is still there."""
        known = self.stages.get(stage.name)
        same = known is not None and known.done and known.parts == parts
        return same and all((self.path / made).exists() for made in stage.makes)

    def do(self, stage: Stage[Result], parts: KeyParts) -> Result:
        """The result of a stage: the recorded one, or a new one if its parts changed."""
        known = self.stages.get(stage.name)
        if self.done(stage, parts):
            self.console.say(f"[dim]{stage.name}: already done, nothing changed[/]")
            return self.result(stage)
        changed = sorted({name for name, _ in known.parts.items() ^ parts.items()}) if known else []
        goes_on, words = stage.goes_on(self, changed) if known and not known.done else (False, "")
        self.console.say(f"[bold]{stage.name}[/]" + (_why(changed, goes_on, words) if known else ""))
        if stage.half_done and not goes_on:
            shutil.rmtree(self.path / stage.half_done, ignore_errors=True)
        if changed or not known or known.done:
            self._keep_old(stage, known)
        self.stages[stage.name] = StageRecord(parts, done=False)
        self.save()
        self.host.notify("on_stage_begin", run=self, stage=stage.name, goes_on=goes_on)
        began = time.time()
        result = stage.work(self)
        seconds = round(time.time() - began, 2)
        plain = msgspec.to_builtins(result, str_keys=True)
        recipe = self.recipe.data if stage.keeps else None
        self.stages[stage.name] = StageRecord(parts, True, plain, seconds, recipe)
        self.save()
        self.host.notify("on_stage_end", run=self, stage=stage.name, result=plain, seconds=seconds)
        return result

    def _keep_old(self, stage: Stage[Any], record: StageRecord | None) -> None:
        """Puts aside what a stage made and must not be lost, with the recipe that it was made by."""
        old = [self.path / name for name in stage.keeps if (self.path / name).exists()]
        if not old or old[0].name != stage.keeps[0]:
            return
        taken = [int(folder.name) for folder in (self.path / KEPT).glob("[0-9]*")]
        folder = self.path / KEPT / str(max(taken, default=0) + 1)
        folder.mkdir(parents=True)
        write_json(folder / "recipe.json", record and record.recipe)
        for file in old:
            os.replace(file, folder / file.name)
        self.console.say(f"[yellow]the {stage.keeps[0]} that was there is kept:[/] {folder}")

    def result(self, stage: Stage[Result]) -> Result:
        """The recorded result of a stage."""
        kept = self.stages[stage.name].result
        return msgspec.convert(kept, stage.result) if stage.result else kept

    def log(self, stage: str, step: int, values: dict[str, float]) -> None:
        """Tells observers the numbers of a stage."""
        self.host.notify("on_log", run=self, stage=stage, step=step, values=values)

    def fresh(self, name: str) -> Path:
        """An empty folder to write into."""
        folder = self.path / f"{name}.new"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def keep(self, name: str) -> Path:
        """Puts the folder that `fresh` gave in its place."""
        target = self.path / name
        shutil.rmtree(target, ignore_errors=True)
        os.replace(self.path / f"{name}.new", target)
        return target


def _why(changed: list[str], goes_on: bool, words: str) -> str:
    """The reason to do a stage again, or where it goes on."""
    from rich.markup import escape

    because = f"of {', '.join(changed)}" if changed else "what it made is gone"
    return escape(f": going on {words}" if goes_on else f": again, because {because}{words}")
