"""What a recipe's trackers record of a training. One that fails is told and left out; training goes on.

A tracker gets the numbers of each step once. Its mark says what it was given last; after a kill it is given
what metrics.jsonl holds beyond that, and what training says again is passed over.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from pitchpipe.host.contracts import Tracked
from pitchpipe.host.protocols import Record
from pitchpipe.recipe.recipe import Use
from pitchpipe.run.atomic import write_json
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import digest
from pitchpipe_stages.console import escape
from pitchpipe_stages.train.reported import Reported, reported
from pitchpipe_stages.train.samples import Replies
from pitchpipe_stages.train.sections import TRACKERS

FOLDER = "trackers"


@runtime_checkable
class KeepsSamples(Protocol):
    """A record that shows what the model says to a few prompts."""

    def samples(self, step: int, replies: Replies, /) -> None: ...


class Given(Struct):
    """What a tracker was given last, of which training."""

    id: str
    key: str
    step: int = 0
    names: list[str] = []  # of that step's numbers


@dataclass
class OpenRecord:
    """A record, and its tracker's mark."""

    use: Use
    record: Record
    mark: Given
    file: Path
    before: Given = field(init=False)  # what it was given before this process began

    def __post_init__(self) -> None:
        self.before = msgspec.structs.replace(self.mark)

    def is_new(self, step: int, name: str) -> bool:
        before = self.before
        return step > before.step or (step == before.step and name not in before.names)

    def give(self, step: int, values: dict[str, float]) -> None:
        new = {name: value for name, value in values.items() if self.is_new(step, name)}
        if new:
            self.record.log(step, new)
            self.took(step, list(new))

    def samples(self, step: int, replies: Replies) -> None:
        if isinstance(self.record, KeepsSamples) and self.is_new(step, "samples"):
            self.record.samples(step, replies)
            self.took(step, ["samples"])

    def catch_up(self, reported: Reported) -> None:
        """Takes what it was not given: a kill came between, or the tracker is new."""
        for step, values in reported.items():
            self.give(step, {name: value for name, value in values.items() if value is not None})
        self.before = msgspec.structs.replace(self.mark)

    def took(self, step: int, names: list[str]) -> None:
        if step >= self.mark.step:
            self.mark.names = names + (self.mark.names if step == self.mark.step else [])
            self.mark.step = step
            write_json(self.file, self.mark)


class Records:
    """The records of a run, one for each tracker of its recipe, while they are open."""

    def __init__(self, run: Run, stage: str, uses: list[Use] | None = None):
        self.run, self.stage = run, stage
        self._uses = run.recipe[TRACKERS] if uses is None else uses
        self._open: list[OpenRecord] = []

    def __enter__(self) -> "Records":
        for use in self._uses:
            self._try(use, partial(self._begin, use))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for opened in self._open[:]:
            self._try(opened.use, partial(opened.record.close, kind is not None))

    def log(self, step: int, values: dict[str, float]) -> None:
        """Tells observers and trackers the numbers of a step."""
        self.run.log(self.stage, step, values)
        self._give(lambda opened: opened.give(step, values))

    def samples(self, step: int, replies: Replies) -> None:
        """Shows trackers what the model says."""
        self._give(lambda opened: opened.samples(step, replies))

    def scores(self, scores: dict[str, float]) -> None:
        """Tells trackers how good the model is, at the last step."""
        self._give(lambda opened: opened.record.log(opened.mark.step, scores))

    def _begin(self, use: Use) -> None:
        file, key = _mark_of(use, self.run), _key(self.run)
        mark, goes_on = _read(file), self.run.stages["train"].done or (self.run.path / "checkpoints").exists()
        if mark is None or not (goes_on or mark.key == key):
            mark = Given(f"{self.run.path.resolve().name}-{secrets.token_hex(4)}", key)
        mark.key = key
        folder = file.parent.resolve() / mark.id
        folder.mkdir(parents=True, exist_ok=True)
        tracked = Tracked(self.run.path.resolve().name, mark.id, folder, self.run.recipe.data)
        opened = OpenRecord(use, use.bound(tracked), mark, file)
        self._open.append(opened)
        write_json(file, mark)
        if goes_on:
            opened.catch_up(reported(self.run.path))

    def _give(self, give: Callable[[OpenRecord], None]) -> None:
        for opened in self._open[:]:
            self._try(opened.use, partial(give, opened))

    def _try(self, use: Use, work: Callable[[], None]) -> None:
        """Whatever a tracker does, training goes on without it."""
        try:
            work()
        except (Exception, SystemExit) as error:
            self._open = [opened for opened in self._open if opened.use is not use]
            what = f"{type(error).__name__}: {error}".strip()
            self.run.console.say(
                f"[yellow]warning:[/] {use.component} records nothing from now on: {escape(what)}"
            )


def catch_up(run: Run) -> None:
    """Gives the numbers of a training that is done to trackers that the recipe did not have then."""
    known = {use.label: _read(_mark_of(use, run)) for use in run.recipe[TRACKERS]}
    key = _key(run)
    new = [use for use in run.recipe[TRACKERS] if (mark := known[use.label]) is None or mark.key != key]
    with Records(run, "train", new):
        pass


def _mark_of(use: Use, run: Run) -> Path:
    return run.path / FOLDER / use.label.replace(":", "-") / "mark.json"


def _key(run: Run) -> str:
    """Another one where the training begins anew."""
    return digest(run.stages["train"].parts)


def _read(file: Path) -> Given | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Given)
    except (OSError, msgspec.DecodeError):
        return None
