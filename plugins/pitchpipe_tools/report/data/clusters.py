"""Clusters: rows that a comparing filter found to be like one row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pitchpipe_stages.data.shards import Judgement
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.report.data.excerpts import SampleRow, sample

LARGEST = 5  # clusters of each filter that the page shows


@dataclass
class Cluster:
    """The rows that are like the row at `place`."""

    place: str
    rows: int
    example: SampleRow | None = None


class Clusters:
    """Counts for each filter and reason the rows that are like a row, by the place of that row."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], Counter[str]] = {}
        self._examples: dict[str, SampleRow] = {}

    def add(self, judgement: Judgement) -> None:
        for decisions in (judgement.drops, judgement.tags):
            for drop in decisions.values():
                if drop.like:
                    self.places.setdefault((judgement.label, drop.reason), Counter())[drop.like] += 1

    def read_examples(self, history: History) -> None:
        """Reads an example of each of the largest clusters, in a second pass over the shards."""
        wanted = {place for places in self.places.values() for place, _ in places.most_common(LARGEST)}
        for _, shard in history.shards() if wanted else ():
            for conversation in filter(None, shard.base().conversations):
                if (place := str(conversation.source)) in wanted:
                    self._examples.setdefault(place, sample(conversation))
            if len(self._examples) == len(wanted):
                return

    def largest(self, label: str, reason: str) -> Iterator[Cluster]:
        for place, rows in self.places[label, reason].most_common(LARGEST):
            yield Cluster(place, rows, self._examples.get(place))
