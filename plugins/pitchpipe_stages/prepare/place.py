"""Where each shard's rows stand in the prepared data: known beforehand, so any process can write them."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pitchpipe.records.conversation import Source
from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import MIX, SPLIT, Fate, Step, line
from pitchpipe_stages.data.shards import Finished, Shard
from pitchpipe_stages.prepare import split
from pitchpipe_stages.prepare.plan import Plan
from pitchpipe_stages.prepare.result import SPLITS, Lost, SeveralExamples, SplitSize

ELSEWHERE, NOT_DRAWN = (SPLIT, "held out by another source"), (MIX, "not drawn")
ID = 4  # bytes


class Placed(Struct):
    """What a shard adds: to each side, to the ledger, and to what is told of all."""

    sides: list[SplitSize]
    ledger: bytes
    left: list[tuple[tuple[Step, str], int]]  # rows that are on no side
    lost: Lost
    several: SeveralExamples
    missed: int
    bare_stops: int
    variables: dict[str, int]


class Places:
    """The files of all sides, as long as they will be, and each shard's place in them."""

    def __init__(self, lanes: Sequence[Lane], plan: Plan, folder: Path):
        self.folder, self.plan, self._goes = folder, plan, plan.goes()
        self.shards: list[Shard] = [shard for lane in lanes for shard in lane.shards]
        self._tokens, self._bytes = np.zeros((2, len(SPLITS), len(plan.firsts)), np.int64)
        for number, side in enumerate(SPLITS):
            here = self._goes == number
            self._tokens[number] = _before(np.where(here, plan.tokens, 0))[plan.firsts]
            self._bytes[number] = _before(np.where(here, plan.sizes + 1, 0))[plan.firsts]
            _before(plan.tokens[here]).tofile(folder / f"{side}.offsets")
            if plan.seconds is not None:
                plan.seconds[here].tofile(folder / f"{side}.second")
            for kind, size in self._sizes(number):
                with open(folder / f"{side}.{kind}", "wb") as file:
                    file.truncate(size)

    def _sizes(self, number: int) -> list[tuple[str, int]]:
        tokens, lines = int(self._tokens[number, -1]), int(self._bytes[number, -1])
        return [("ids", ID * tokens), ("mask", tokens), ("jsonl", lines)]

    def place(self, number: int) -> Placed:
        """Write a shard's rows to their places."""
        done, rows = self.shards[number].finished(), slice(*self.plan.firsts[number : number + 2])
        goes = self._goes[rows]
        sides = [self._side(number, side, np.flatnonzero(goes == side), done) for side in range(len(SPLITS))]
        held_out = self.plan.side[rows] == split.NONE
        left = [
            (why, np.flatnonzero((goes == split.NONE) & here).tolist())
            for why, here in ((ELSEWHERE, held_out), (NOT_DRAWN, ~held_out))
        ]
        written = {row: _left_out(done.lines[row], *why) for why, gone in left for row in gone}
        ledger = [*done.ledger, *(written[row] for row in sorted(written)), b""]
        return Placed(
            sides=sides,
            ledger=b"\n".join(ledger),
            left=[(why, len(gone)) for why, gone in left],
            lost=Lost(done.lost, done.lost_learned),
            several=SeveralExamples(*done.several),
            missed=done.missed,
            bare_stops=done.bare_stops,
            variables=done.variables,
        )

    def _side(self, number: int, side: int, rows: NDArray[np.int64], done: Finished) -> SplitSize:
        if not len(rows):
            return SplitSize(0, 0, 0)
        chosen, spans = rows.tolist(), _before(np.array(done.lengths, np.int32))
        cuts = [(int(spans[run[0]]), int(spans[run[-1] + 1])) for run in _runs(rows)]
        ids, mask = memoryview(done.ids), memoryview(done.mask)
        at = int(self._tokens[side, number])
        self._write(side, "ids", ID * at, [ids[ID * start : ID * end] for start, end in cuts])
        self._write(side, "mask", at, [mask[start:end] for start, end in cuts])
        lines = b"\n".join([*(done.lines[row] for row in chosen), b""])
        self._write(side, "jsonl", int(self._bytes[side, number]), [lines])
        learned, replies, stops = (
            sum(column[row] for row in chosen) for column in (done.learned, done.replies, done.stops)
        )
        seconds = done.seconds or done.lengths
        rejected = sum(seconds[row] < done.lengths[row] for row in chosen)
        tokens = sum(end - start for start, end in cuts)
        return SplitSize(len(chosen), tokens, learned, replies, stops, rejected)

    def _write(self, side: int, kind: str, at: int, parts: Sequence[bytes | memoryview]) -> None:
        with open(self.folder / f"{SPLITS[side]}.{kind}", "r+b") as file:
            file.seek(at)
            file.writelines(parts)


def _before(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """What stands before each; and, last, before what would follow all."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _runs(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows that follow each other, together."""
    bounds = [0, *(np.flatnonzero(np.diff(rows) != 1) + 1).tolist(), len(rows)]
    return [rows[start:end] for start, end in pairwise(bounds)]


def _left_out(written: bytes, step: Step, reason: str) -> bytes:
    conversation = msgspec.json.decode(written)
    source = msgspec.convert(conversation["source"], Source)
    return line(source, Fate.DROPPED, step, reason, id=conversation["id"])
