"""Shards on disk: what one part of a source became, and every filter's decisions and scores.

Each file is written aside and renamed, so that a kill leaves whole files only. `base` holds the
conversations as they were read; `track` holds, step by step, what each filter decided and measured. A step
whose key is still right is not done again.
"""

from array import array
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct, field, msgpack

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop
from pitchpipe.run.atomic import write
from pitchpipe_stages.data.ledger import Fate, SourceRows, Step
from pitchpipe_stages.data.likeness import Likeness
from pitchpipe_stages.data.writable import UNWRITABLE, plain

NOT_SCORED = float("nan")


class Refused(Struct):
    """A row that is no conversation, or none to learn from. Its line in the ledger holds it whole."""

    step: Step
    reason: str
    line: bytes
    fate: Fate = Fate.QUARANTINED  # dropped, if the row is sound and nobody wants it


class Base(Struct):
    """A part of a source, read. A refused row leaves its place among the conversations empty."""

    conversations: list[Conversation | None] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    notes: dict[int, list[tuple[Step, str]]] = field(default_factory=dict)  # what was mended, and where
    read: int = 0
    joined: int = 0  # rows that went into another row's conversation
    passed_over: int = 0  # rows that the recipe's `sample` left out
    unread: dict[str, int] = field(default_factory=dict)  # rows by column with words that nobody reads

    def alive(self) -> dict[int, Conversation]:
        return {index: c for index, c in enumerate(self.conversations) if c is not None}


class Judgement(Struct):
    """One filter's decisions on one shard. Scores are columns as long as the base, or NaN."""

    key: str
    label: str
    drops: dict[int, Drop] = field(default_factory=dict)
    tags: dict[int, Drop] = field(default_factory=dict)  # what it would have dropped
    edits: dict[int, Conversation] = field(default_factory=dict)
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    scores: dict[str, bytes] = field(default_factory=dict)
    bounds: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)

    def apply(self, alive: dict[int, Conversation]) -> dict[int, Conversation]:
        """What it leaves of what came to it."""
        if self.edits:
            alive = alive | self.edits
        return {i: c for i, c in alive.items() if i not in self.drops} if self.drops else alive

    def column(self, score: str) -> "array[float]":
        column = array("d")
        column.frombytes(self.scores[score])
        return column


class Summary(Struct, kw_only=True):
    """What became of a shard's rows, without the rows: for each that is kept, in order."""

    key: str
    indices: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)  # where among its tokens a rejected side begins
    sizes: list[int] = field(default_factory=list)  # of the lines, in bytes
    learned: list[int] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)  # that each teaches
    stops: list[int] = field(default_factory=list)  # learned tokens that end a reply
    bare_stops: int = 0  # of them, those that nothing learned stands before
    missed: int = 0  # replies that should be learned and are not
    several: tuple[int, int, int] = (
        0,
        0,
        0,
    )  # conversations of several examples, their examples, their context
    variables: dict[str, int] = field(default_factory=dict)  # replies by what their chat template was told
    lost: int = 0  # tokens of conversations that were too long, and are in none that is kept
    lost_learned: int = 0
    like: Likeness = field(default_factory=Likeness)
    groups: bytes = b""  # a hash of each group, 8 bytes; zeros where there is none
    categories: list[str] = field(default_factory=list)
    stepwise: list[int] = field(default_factory=list)  # places among the kept of chain-of-thought rows
    counts: SourceRows = field(default_factory=SourceRows)
    scored: list[str] = field(default_factory=list)  # filters that scored any row


class Finished(Summary, kw_only=True):
    """What a shard adds to the prepared data and to the ledger."""

    lines: list[bytes] = field(default_factory=list)
    ids: bytes = b""
    mask: bytes = b""  # a byte for each token, 1 where it is learned
    ledger: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Shard:
    """The files of one part of one source."""

    folder: Path
    number: int

    def file(self, kind: str) -> Path:
        return self.folder / f"{self.number:06}.{kind}"

    def base(self) -> Base:
        return _decode_base(self.file("base").read_bytes())

    def track(self) -> list[Judgement]:
        file = self.file("track")
        return _decode_track(file.read_bytes()) if file.exists() else []

    def finished(self) -> Finished:
        return _decode_finished(self.file("done").read_bytes())

    def summary(self) -> Summary | None:
        """The head of what is finished, if it is."""
        try:
            return _decode_summary(self.file("done").read_bytes())
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, kind: str, content: Base | list[Judgement] | Finished) -> None:
        write(self.file(kind), _encode(content))


def shards_of(folder: Path) -> list[Shard]:
    """The shards of a source that has been read whole."""
    known = msgspec.json.decode((folder / "source.json").read_bytes())
    return [Shard(folder, number) for number in range(known["shards"])]


_decode_base = msgpack.Decoder(Base).decode
_decode_track = msgpack.Decoder(list[Judgement]).decode
_decode_summary = msgpack.Decoder(Summary).decode
_decode_finished = msgpack.Decoder(Finished).decode


def _encode(content: Base | list[Judgement] | Finished) -> bytes:
    try:
        return msgpack.encode(content, enc_hook=str)
    except UNWRITABLE:
        return msgpack.encode(plain(msgspec.to_builtins(content, builtin_types=(bytes,), enc_hook=str)))
