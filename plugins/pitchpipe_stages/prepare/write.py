"""Writes the prepared data and the ledger, in the order of the rows."""

from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitchpipe.records.conversation import Source
from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import MIX, SPLIT, Counts, Fate, line
from pitchpipe_stages.data.shards import Finished
from pitchpipe_stages.prepare import split
from pitchpipe_stages.prepare.plan import Plan
from pitchpipe_stages.prepare.result import SPLITS, Lost, Prepared, SeveralExamples, SplitSize


class SplitWriter:
    """Appends the examples of one side, and beside them the conversations that they came from."""

    def __init__(self, folder: Path, side: str):
        self._ids, self._mask = open(folder / f"{side}.ids", "wb"), open(folder / f"{side}.mask", "wb")
        self._conversations = open(folder / f"{side}.jsonl", "wb")
        self._offsets_path = folder / f"{side}.offsets"
        self._offsets = array("q", [0])
        self._learned = self._replies = self._stops = 0

    def size(self) -> SplitSize:
        return SplitSize(len(self._offsets) - 1, self._offsets[-1], self._learned, self._replies, self._stops)

    def add(self, done: Finished, rows: slice, spans: NDArray[np.int64]) -> None:
        """Add rows of a shard that follow each other; `spans` is where each row's tokens begin."""
        start, end = spans[rows.start], spans[rows.stop]
        self._conversations.write(b"\n".join([*done.lines[rows], b""]))
        self._ids.write(memoryview(done.ids)[4 * start : 4 * end])
        self._mask.write(memoryview(done.mask)[start:end])
        first = self._offsets[-1] - start
        self._offsets.frombytes((spans[rows.start + 1 : rows.stop + 1] + first).tobytes())
        self._learned += sum(done.learned[rows])
        self._replies += sum(done.replies[rows])
        self._stops += sum(done.stops[rows])

    def close(self) -> None:
        with open(self._offsets_path, "wb") as file:
            self._offsets.tofile(file)
        for file in (self._ids, self._mask, self._conversations):
            file.close()


def write(lanes: list[Lane], plan: Plan, folder: Path) -> Prepared:
    """Write each row to its side, and everything that was decided to the ledger."""
    writers = {side: SplitWriter(folder, side) for side in SPLITS}
    lost, first, missed, bare = np.zeros(2, np.int64), 0, 0, 0
    several = SeveralExamples()
    variables: Counter[str] = Counter()
    goes = np.where(plan.used, plan.side, split.NONE)
    with open(folder / "ledger.jsonl", "wb") as ledger:
        for lane in lanes:
            count = plan.counts[lane.source.name]
            for shard in lane.shards:
                done = shard.finished()
                ledger.writelines(written + b"\n" for written in done.ledger)
                spans = np.cumsum([0, *done.lengths])
                for rows, side in _runs(goes[first : first + len(done.lines)]):
                    if side == split.NONE:
                        held_out = plan.side[first + rows.start : first + rows.stop] == split.NONE
                        _leave_out(done.lines[rows], held_out, count, ledger)
                    else:
                        writers[SPLITS[side]].add(done, rows, spans)
                lost += done.lost, done.lost_learned
                missed += done.missed
                bare += done.bare_stops
                conversations, examples, repeated = done.several
                several.conversations += conversations
                several.examples += examples
                several.repeated += repeated
                variables.update(done.variables)
                first += len(done.lines)
            if not count.balanced():
                raise AssertionError(f"rows do not add up in {lane.source.name}: {count}")
    for writer in writers.values():
        writer.close()
    if plan.order is not None:
        plan.order.astype(np.int64).tofile(folder / "train.order")
    return Prepared(
        rows={name: count.recorded() for name, count in plan.counts.items()},
        splits={side: writer.size() for side, writer in writers.items()},
        too_long=Lost(*lost.tolist()),
        mix=plan.mixed,
        missed_replies=missed,
        bare_stops=bare,
        several=several,
        variables=dict(sorted(variables.items())),
    )


def _runs(sides: NDArray[np.uint8]) -> Iterator[tuple[slice, int]]:
    """Rows that follow each other and go to the same side."""
    if not len(sides):
        return
    bounds = [0, *(np.flatnonzero(np.diff(sides)) + 1).tolist(), len(sides)]
    for start, end in pairwise(bounds):
        yield slice(start, end), int(sides[start])


def _leave_out(lines: list[bytes], held_out: NDArray[np.bool_], count: Counts, ledger: BinaryIO) -> None:
    """Note the rows that are on no side, and those that the mix has not drawn."""
    for written, elsewhere in zip(lines, held_out, strict=True):
        step, reason = (SPLIT, "held out by another source") if elsewhere else (MIX, "not drawn")
        count.kept -= 1
        count.dropped += 1
        count.note(Fate.DROPPED, step, reason)
        conversation = msgspec.json.decode(written)
        source = msgspec.convert(conversation["source"], Source)
        ledger.write(line(source, Fate.DROPPED, step, reason, id=conversation["id"]) + b"\n")
