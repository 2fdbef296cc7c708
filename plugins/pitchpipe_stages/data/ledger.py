"""The ledger: a line for every row that was dropped, changed, tagged or quarantined; and all counts."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec
from msgspec import Struct

from pitchpipe.records.conversation import Source
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.writable import UNWRITABLE, plain


class Fate(StrEnum):
    """What became of a row; of a question to a teacher, why it has no whole reply."""

    DROPPED = "dropped"
    QUARANTINED = "quarantined"
    CHANGED = "changed"
    TAGGED = "tagged"
    REFUSED = "refused"
    CUT = "cut"
    FAILED = "failed"
    UNSENT = "unsent"


LOST = (Fate.DROPPED, Fate.QUARANTINED)


class StepKind(StrEnum):
    """The steps of a row's life, in their order."""

    GENERATE = "generate"
    LOAD = "load"
    FORMAT = "format"
    REPAIR = "repair"
    FILTER = "filter"
    RENDER = "render"
    LENGTH = "length"
    SPLIT = "split"
    MIX = "mix"


class Step(NamedTuple):
    """One step of a row's life; a generator, a format or a filter has a label."""

    kind: StepKind
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.label}" if self.label else str(self.kind)

    @classmethod
    def of(cls, text: str) -> "Step":
        """The step that a line of the ledger names."""
        kind, _, label = text.partition(" ")
        return cls(StepKind(kind), label)


LOAD, REPAIR = Step(StepKind.LOAD), Step(StepKind.REPAIR)
RENDER, LENGTH = Step(StepKind.RENDER), Step(StepKind.LENGTH)
SPLIT, MIX = Step(StepKind.SPLIT), Step(StepKind.MIX)


class Reason(NamedTuple):
    """Why rows have a fate. The words end before the first colon: numbers would make a reason of each row."""

    fate: Fate
    step: Step
    words: str

    @classmethod
    def of(cls, fate: Fate, step: Step, words: str) -> "Reason":
        return cls(fate, step, words.partition(":")[0])


class ReasonRows(Struct):
    """A reason, as run.json keeps it, and how many rows have it."""

    fate: Fate
    stage: str
    reason: str
    rows: int

    def key(self) -> Reason:
        return Reason(self.fate, Step.of(self.stage), self.reason)


class SourceRows(Struct):
    """What became of one source's rows, as run.json keeps it.

    `more` are conversations beyond the first that one row gave. `joined` are rows that went into another
    row's conversation. `passed_over` are rows that the recipe's `sample` left unread.
    """

    read: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    changed: int = 0
    tagged: int = 0
    passed_over: int = 0
    joined: int = 0
    more: int = 0
    why: list[ReasonRows] = msgspec.field(default_factory=list)
    unread: dict[str, int] = msgspec.field(
        default_factory=dict
    )  # rows by column with words that nobody reads

    @property
    def conversations(self) -> int:
        """What the rows gave: one conversation each, more, or one of several rows."""
        return self.read + self.more - self.joined


COUNTED = tuple(name for name in SourceRows.__struct_fields__ if name not in ("why", "unread"))


@dataclass
class Counts:
    """The rows of a source, counted as their fates are decided."""

    read: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    changed: int = 0
    tagged: int = 0
    passed_over: int = 0
    joined: int = 0
    more: int = 0
    why: Counter[Reason] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def balanced(self) -> bool:
        return self.read + self.more == self.kept + self.dropped + self.quarantined + self.joined

    def note(self, fate: Fate, step: Step, words: str, rows: int = 1) -> None:
        self.why[Reason.of(fate, step, words)] += rows

    def __add__(self, other: "Counts") -> "Counts":
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Counts(**sums, why=self.why + other.why, unread=self.unread + other.unread)

    def lost(self) -> int:
        return self.dropped + self.quarantined

    def quarantined_at(self, step: Step) -> int:
        return sum(n for why, n in self.why.items() if (why.fate, why.step) == (Fate.QUARANTINED, step))

    def worst(self, step: Step | None = None) -> str:
        """Why most rows were lost, at any step or at one."""
        lost = [
            f"{why.words} ({rows})"
            for why, rows in self.why.most_common()
            if why.fate in LOST and step in (None, why.step)
        ]
        return "; ".join(lost[:3])

    def recorded(self) -> SourceRows:
        why = [ReasonRows(w.fate, str(w.step), w.words, rows) for w, rows in self.why.most_common()]
        return SourceRows(
            **{name: getattr(self, name) for name in COUNTED}, why=why, unread=dict(self.unread.most_common())
        )

    @classmethod
    def of(cls, rows: SourceRows) -> "Counts":
        why = Counter({entry.key(): entry.rows for entry in rows.why})
        return cls(**{name: getattr(rows, name) for name in COUNTED}, why=why, unread=Counter(rows.unread))


def line(source: Source, fate: Fate, step: Step, reason: str, **extra: object) -> bytes:
    """One line of ledger.jsonl."""
    entry: dict[str, object] = {"dataset": source.dataset, "file": source.file, "line": source.line}
    entry |= {"fate": fate, "stage": str(step), "reason": reason}
    entry |= {key: value for key, value in extra.items() if value is not None}
    try:
        return msgspec.json.encode(entry, enc_hook=str)
    except UNWRITABLE:
        return msgspec.json.encode(plain(entry))


def decision(source: Source, fate: Fate, step: Step, drop: Drop, id: str) -> bytes:
    """The line of a row that a filter dropped, or would have."""
    return line(source, fate, step, str(drop), id=id, score=drop.score, limit=drop.limit)
