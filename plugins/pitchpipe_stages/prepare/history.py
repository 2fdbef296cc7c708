"""The rows of a run that is over: what each filter measured and decided. Nothing is run again."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop, Scored
from pitchpipe_stages.data.shards import Base, Judgement, Shard, shards_of
from pitchpipe_stages.prepare.result import SPLITS, Prepared


@dataclass
class RowFate:
    """One row, and what became of it: what each filter decided; at the end, whether it was kept."""

    row: Conversation
    verdicts: list["FilterVerdict"]
    kept: bool


@dataclass
class FilterVerdict:
    """What one filter measured and decided of one row."""

    label: str
    scores: dict[str, Scored]
    drop: Drop | None = None
    tagged: Drop | None = None
    notes: tuple[str, ...] = ()


class History:
    """The shards of a run that has prepared its data, in the order of its rows."""

    def __init__(self, run: Path):
        self.run = run
        try:
            record = msgspec.json.decode((run / "run.json").read_bytes())
            result = record["stages"].get("prepare", {}).get("result")
        except (OSError, LookupError, msgspec.DecodeError):
            raise PitchpipeError(f"{run} is no run that has prepared data.{_others(run)}") from None
        again = _command(run, Path(record.get("recipe", "RECIPE")))
        if not result:
            raise PitchpipeError(
                f"{run}: its data is not prepared to the end: that was stopped, or is still going on."
                f"{_lost(run)} To go on: {again}"
            )
        if not (run / "rows").is_dir():
            raise PitchpipeError(f"{run}: its folder `rows` is gone. To prepare it again: {again}")
        self.result = msgspec.convert(result, Prepared)

    def shards(self) -> Iterator[tuple[str, Shard]]:
        """Each shard with its source's name."""
        folders = sorted(
            (self.run / "rows").glob("*-*"), key=lambda folder: int(folder.name.partition("-")[0])
        )
        for name, folder in zip(self.result.rows, folders, strict=True):
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

    def sides(self, id: str) -> list[str]:
        """The sides of the split that hold a row, or a part that it was split into."""
        known = tuple(f'"id":"{id}{end}'.encode() for end in ('"', "-"))
        return [side for side in SPLITS if any(_holds(line, known) for line in self._prepared(side))]

    def _prepared(self, side: str) -> Iterator[bytes]:
        with open(self.run / "prepared" / f"{side}.jsonl", "rb") as file:
            yield from file

    def find(self, wanted: str) -> Iterator[RowFate | bytes]:
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


def _holds(line: bytes, known: tuple[bytes, ...]) -> bool:
    return any(id in line for id in known)


def _is(conversation: Conversation, wanted: str) -> bool:
    """By its id, that of a part that it was split into, or its place."""
    source = conversation.source
    whole = wanted.partition("-")[0]
    return conversation.id in (wanted, whole) or _at(source.file or source.dataset, source.line, wanted)


def _at(file: str, line: int, wanted: str) -> bool:
    """`12`, `rows.jsonl:12` or `data/rows.jsonl:12`."""
    name, _, number = wanted.rpartition(":")
    return number == str(line) and (not name or file == name or file.endswith("/" + name))


def _fate(index: int, base: Base, track: list[Judgement], kept: bool) -> RowFate:
    conversation = base.conversations[index]
    assert conversation
    notes = tuple(f"{stage}: {note}" for stage, note in base.notes.get(index, ()))
    verdicts = [FilterVerdict("as it was read", {}, notes=notes)]
    for judgement in track:
        scores = {
            name: (column[index], *judgement.bounds[name])
            for name in judgement.scores
            if (column := judgement.column(name))[index] == column[index]
        }
        drop = judgement.drops.get(index)
        tag, edits = judgement.tags.get(index), judgement.notes.get(index, ())
        verdicts.append(FilterVerdict(judgement.label, scores, drop, tag, edits))
        if drop:
            break
    return RowFate(conversation, verdicts, kept)


def _command(run: Path, recipe: Path) -> str:
    """The command that prepares the run, with what is not as it is by default."""
    path = run.resolve()
    named = ["--name", path.name] if path.name != recipe.stem else []
    placed = ["--runs", str(run.parent)] if path.parent.name != "runs" else []
    return shlex.join(["pitchpipe", "prepare", str(recipe), *named, *placed])


def _lost(run: Path) -> str:
    ledger = run / "prepared.new" / "ledger.jsonl"
    return f" The rows that are lost so far: {ledger}." if ledger.is_file() else ""


def _others(run: Path) -> str:
    if inside := sorted(str(path.parent) for path in run.glob("*/run.json")):
        return f" It holds runs: {', '.join(inside[:8])}."
    folder = run.parent if run.parent.is_dir() else Path("runs")
    names = [str(path.parent) for path in folder.glob("*/run.json")] or [
        str(path.parent) for path in Path("runs").glob("*/run.json")
    ]
    return suggest(str(run), names)
