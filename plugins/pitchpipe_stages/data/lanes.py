"""Lanes: each source on its way through the filters, and the tasks that workers get."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from pitchpipe.host.protocols import Part
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.data.shards import Base, Judgement, Shard


class Task(Struct):
    """A worker's task: take one shard through the filters before `stop`, then do what comes `then`.

    `decided` is the comparing filter whose decisions lie beside the shards, -1 where there is none.
    """

    stop: int
    then: str
    decided: int = -1
    lane: int = 0
    number: int = 0
    part: Part | None = None


class SourceRecord(Struct):
    """What source.json says of a source that has been read whole."""

    shards: int
    format: str = ""
    doubts: list[str] = []


@dataclass
class Lane:
    """One source on its way. `keys[k]` is the key of its rows after k filters."""

    source: SourceUse
    folder: Path
    keys: list[str]
    reader: Reader | None = None
    stream: Iterator[Part] | None = None
    shards: list[Shard] = field(default_factory=list)
    format: str = ""
    doubts: list[str] = field(default_factory=list)  # on columns that may judge replies

    @property
    def whole(self) -> Path:
        """The file that is there once all shards are read."""
        return self.folder / "source.json"


class SoFar(NamedTuple):
    """A shard after some filters: its rows, the judgements that still hold, and the rows that are left."""

    base: Base
    track: list[Judgement]
    alive: dict[int, Conversation]


def so_far(shard: Shard, keys: list[str], most: int) -> SoFar:
    """A shard after at most so many filters."""
    base = shard.base()
    alive, track = base.alive(), list[Judgement]()
    for judgement, key in zip(shard.track()[:most], keys[1:], strict=False):
        if judgement.key != key:
            break
        track.append(judgement)
        alive = judgement.apply(alive)
    return SoFar(base, track, alive)
