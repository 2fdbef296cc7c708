"""Writes the prepared data and the ledger, in the order of the rows."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import Counts, Fate
from pitchpipe_stages.data.workers import workers
from pitchpipe_stages.learns import learns
from pitchpipe_stages.prepare.place import Placed, Places
from pitchpipe_stages.prepare.plan import Plan
from pitchpipe_stages.prepare.result import SPLITS, Lost, Prepared, SeveralExamples, SplitSize

ENOUGH = 16  # shards for each process: with fewer it takes longer to fork one than to write them
Numbers = TypeVar("Numbers", Lost, SeveralExamples, SplitSize)


def write(lanes: list[Lane], plan: Plan, folder: Path, processes: int) -> Prepared:
    """Write each row to its side, and everything that was decided to the ledger."""
    result = Prepared(
        rows={},
        splits={side: SplitSize(0, 0, 0) for side in SPLITS},
        too_long=Lost(0, 0),
        mix=plan.mixed,
        learns=learns(plan.recipe),
    )
    variables: Counter[str] = Counter()
    places = Places(lanes, plan, folder)
    crew_size = max(1, min(processes, len(places.shards) // ENOUGH))
    with open(folder / "ledger.jsonl", "wb") as ledger, workers(crew_size, places.place) as crew:
        placed = crew.each(range(len(places.shards)))
        for lane in lanes:
            count = plan.counts[lane.source.name]
            for one in islice(placed, len(lane.shards)):
                ledger.write(one.ledger)
                _leave_out(one, count)
                _add(one, result)
                variables.update(one.variables)
            if not count.balanced():
                raise AssertionError(f"rows do not add up in {lane.source.name}: {count}")
    if plan.order is not None:
        plan.order.astype(np.int64).tofile(folder / "train.order")
    result.rows = {name: count.recorded() for name, count in plan.counts.items()}
    result.variables = dict(sorted(variables.items()))
    return result


def _add(one: Placed, result: Prepared) -> None:
    """Count what a shard adds."""
    for side, size in zip(SPLITS, one.sides, strict=True):
        result.splits[side] = _sum(result.splits[side], size)
    result.too_long = _sum(result.too_long, one.lost)
    result.several = _sum(result.several, one.several)
    result.missed_replies += one.missed
    result.bare_stops += one.bare_stops


def _sum(one: Numbers, other: Numbers) -> Numbers:
    pairs = zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)
    return type(one)(*(a + b for a, b in pairs))


def _leave_out(one: Placed, count: Counts) -> None:
    """Note the rows that are on no side, and those that the mix has not drawn."""
    for (step, reason), rows in one.left:
        if rows:
            count.kept -= rows
            count.dropped += rows
            count.note(Fate.DROPPED, step, reason, rows)
