"""A run's rows, looked at afterwards: what each filter measured and decided. Nothing is run again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.conversation import Conversation, Drop
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.shards import Base, Judgement, Shard, shards_of


@dataclass
class Fate:
    """One row, and what became of it: step by step, what was said; at the end, whether it was kept."""

    row: Conversation
    steps: list["Step"]
    kept: bool


@dataclass
class Step:
    """What one filter said of one row."""

    label: str
    scores: dict[str, tuple[float, float | None, float | None]]  # each with its bounds
    drop: Drop | None = None
    tagged: Drop | None = None
    notes: tuple[str, ...] = ()


class History:
    """The shards of a run that has prepared its data, in the order of its rows."""

    def __init__(self, run: Path):
        self.run = run
        try:
            record = msgspec.json.decode((run / "run.json").read_bytes())
            self.result: dict[str, Any] = record["stages"]["prepare"]["result"] or {}
        except (OSError, LookupError, msgspec.DecodeError):
            raise PitchpipeError(f"{run} is no run that has prepared data.{_others(run)}") from None
        if not self.result or not (run / "rows").is_dir():
            raise PitchpipeError(
                f"{run}: its data is not prepared, or its folder `rows` is gone: prepare it again"
            )
        self.sources = list(self.result["rows"])

    def shards(self) -> Iterator[tuple[str, Shard]]:
        """Each shard with its source's name."""
        folders = sorted(
            (self.run / "rows").glob("*-*"), key=lambda folder: int(folder.name.partition("-")[0])
        )
        for name, folder in zip(self.sources, folders, strict=True):
            for shard in shards_of(folder):
                yield name, shard

    def filters(self) -> list[str]:
        """The labels of its filters, in their order."""
        return next(([j.label for j in shard.track()] for _, shard in self.shards()), [])

    def filter(self, label: str) -> int:
        """Where a filter stands among them."""
        labels = self.filters()
        if label not in labels:
            raise PitchpipeError(f"{self.run} has no filter '{label}'.{suggest(label, labels)}")
        return labels.index(label)

    def find(self, wanted: str) -> Iterator[Fate | bytes]:
        """The rows with this id, or at `line` or `file:line`; a refused one as its line in the ledger."""
        for _, shard in self.shards():
            base = shard.base()
            found = [i for i, c in enumerate(base.conversations) if c is not None and _is(c, wanted)]
            if found:
                track, kept = shard.track(), set(shard.finished().indices)
                for index in found:
                    yield _fate(index, base, track, index in kept)
            for refused in base.refused.values():
                said = msgspec.json.decode(refused.line)
                if _at(said["file"] or said["dataset"], said["line"], wanted):
                    yield refused.line


def _is(conversation: Conversation, wanted: str) -> bool:
    """By its id, that of a part that it was split into, or its place."""
    source = conversation.source
    whole = wanted.partition("-")[0]
    return conversation.id in (wanted, whole) or _at(source.file or source.dataset, source.line, wanted)


def _at(file: str, line: int, wanted: str) -> bool:
    """`12`, `rows.jsonl:12` or `data/rows.jsonl:12`."""
    name, _, number = wanted.rpartition(":")
    return number == str(line) and (not name or file == name or file.endswith("/" + name))


def _fate(index: int, base: Base, track: list[Judgement], kept: bool) -> Fate:
    conversation = base.conversations[index]
    assert conversation
    notes = tuple(f"{stage}: {note}" for stage, note in base.notes.get(index, ()))
    steps = [Step("as it was read", {}, notes=notes)]
    for judgement in track:
        scores = {
            name: (column[index], *judgement.bounds[name])
            for name in judgement.scores
            if (column := judgement.column(name))[index] == column[index]
        }
        drop = judgement.drops.get(index)
        steps.append(
            Step(judgement.label, scores, drop, judgement.tags.get(index), judgement.notes.get(index, ()))
        )
        if drop:
            break
    return Fate(conversation, steps, kept)


def _others(run: Path) -> str:
    folder = run.parent if run.parent.is_dir() else Path("runs")
    names = [str(path.parent) for path in folder.glob("*/run.json")] or [
        str(path.parent) for path in Path("runs").glob("*/run.json")
    ]
    return suggest(str(run), names)
