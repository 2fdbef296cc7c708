"""Gathers what the page shows of a run's rows, shard by shard: memory does not grow with the rows."""

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
from pitchpipe_tools.report.data.clusters import Clusters
from pitchpipe_tools.report.data.flow import reasons
from pitchpipe_tools.report.data.lengths import Lengths
from pitchpipe_tools.report.data.sample_rows import SampleRows

REASONS = 60  # that the page lists, and that have sample rows, of each fate


@dataclass
class ScoreSpread:
    """The values of one score of one filter, and how many lie outside its bounds."""

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
    """What the page shows of all shards."""

    def __init__(self, wanted: set[Reason]) -> None:
        self.lengths, self.clusters, self.samples = Lengths(), Clusters(), SampleRows(wanted)
        self.scores: dict[tuple[str, str], ScoreSpread] = {}  # by filter and score
        self.categories_read: Counter[str] = Counter()
        self.categories_kept: Counter[str] = Counter()
        self.categories_by_split: dict[str, Counter[str]] = {}

    def add(self, base: Base, track: list[Judgement], done: Finished) -> None:
        """Adds one shard."""
        self.categories_read.update(c.category for c in base.conversations if c)
        self.categories_kept.update(done.categories)
        self.lengths.add(base, track, done)
        self.samples.add(base, track, done)
        for judgement in track:
            self.clusters.add(judgement)
            for name in judgement.scores:
                score = self.scores.setdefault((judgement.label, name), ScoreSpread())
                score.add(np.array(judgement.column(name)), judgement.bounds[name])


def gather(history: History, tick: Callable[..., None]) -> Gathered:
    """Reads all shards, then the prepared files for the categories of each split."""
    gathered = Gathered(_most_frequent(history.result.rows))
    for _, shard in history.shards():
        gathered.add(shard.base(), shard.track(), shard.finished())
        tick()
    gathered.clusters.read_examples(history)
    gathered.categories_by_split = {split: Counter(_categories(history, split)) for split in SPLITS}
    return gathered


def _most_frequent(sources: dict[str, SourceRows]) -> set[Reason]:
    """For each fate the reasons of most rows."""
    by_fate: dict[Fate, list[Reason]] = {}
    for reason in reasons(sources):
        by_fate.setdefault(reason.fate, []).append(reason)
    return {reason for ranked in by_fate.values() for reason in ranked[:REASONS]}


class _PreparedLine(msgspec.Struct):
    """A line of a prepared file, of which only the category is read."""

    category: str = ""


def _categories(history: History, split: str) -> Iterator[str]:
    decode = msgspec.json.Decoder(_PreparedLine).decode
    file = history.run / "prepared" / f"{split}.jsonl"
    if file.exists():
        with open(file, "rb") as lines:
            for line in lines:
                yield decode(line).category
