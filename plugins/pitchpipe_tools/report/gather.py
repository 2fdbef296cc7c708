"""All that a page shows of a run's rows, gathered shard by shard, so that memory does not grow with them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitchpipe_stages.data.ledger import Fate, Reason, SourceRows
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_stages.prepare.history import History
from pitchpipe_stages.prepare.result import SPLITS
from pitchpipe_tools.html.spread import Bounds, Spread
from pitchpipe_tools.report.clusters import Clusters
from pitchpipe_tools.report.flow import reasons
from pitchpipe_tools.report.lengths import Lengths
from pitchpipe_tools.report.sample_rows import SampleRows

REASONS = 60  # reasons that are shown, of each fate so many with examples


@dataclass
class ScoreSpread:
    """One score of one filter, of all rows that came to it."""

    spread: Spread = field(default_factory=Spread)
    bounds: Bounds = (None, None)
    below: int = 0
    above: int = 0

    def add(self, column: NDArray[np.float64], bounds: Bounds) -> None:
        values, self.bounds = column[~np.isnan(column)], bounds
        least, most = bounds
        self.below += 0 if least is None else int(np.count_nonzero(values < least))
        self.above += 0 if most is None else int(np.count_nonzero(values > most))
        self.spread.add(values)


class Gathered:
    """What was found in the shards."""

    def __init__(self, wanted: set[Reason]) -> None:
        self.lengths, self.clusters, self.samples = Lengths(), Clusters(), SampleRows(wanted)
        self.scores: dict[tuple[str, str], ScoreSpread] = {}
        self.categories_before: Counter[str] = Counter()
        self.categories_after: Counter[str] = Counter()
        self.sides: dict[str, Counter[str]] = {}  # of each split the categories

    def add(self, base: Base, track: list[Judgement], done: Finished) -> None:
        self.categories_before.update(c.category for c in base.conversations if c)
        self.categories_after.update(done.categories)
        self.lengths.add(base, track, done)
        for judgement in track:
            self.clusters.add(judgement)
            for name in judgement.scores:
                scored = self.scores.setdefault((judgement.label, name), ScoreSpread())
                scored.add(np.array(judgement.column(name)), judgement.bounds[name])
        self.samples.look(base, track, done)


def gather(history: History, tick: Callable[..., None]) -> Gathered:
    """One pass over the shards, then one through what was kept of them."""
    found = Gathered(_wanted(history.result.rows))
    for _, shard in history.shards():
        found.add(shard.base(), shard.track(), shard.finished())
        tick()
    found.clusters.look(history)
    found.sides = {side: Counter(_categories(history, side)) for side in SPLITS}
    return found


def _wanted(sources: dict[str, SourceRows]) -> set[Reason]:
    ranked: dict[Fate, list[Reason]] = {}
    for reason in reasons(sources):
        ranked.setdefault(reason.fate, []).append(reason)
    return {reason for some in ranked.values() for reason in some[:REASONS]}


class _Line(msgspec.Struct):
    category: str = ""


def _categories(history: History, side: str) -> Iterator[str]:
    decode = msgspec.json.Decoder(_Line).decode
    file = history.run / "prepared" / f"{side}.jsonl"
    if file.exists():
        with open(file, "rb") as lines:
            for line in lines:
                yield decode(line).category
