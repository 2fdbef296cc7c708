"""The rows whose score is nearest to a threshold."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.shards import Shard
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.tune.scores import ScoreColumn, Threshold

NEAR = 3  # rows on each side of a threshold


class NearRow(NamedTuple):
    """A row, its score, and the distance of the score from the threshold."""

    distance: float
    score: float
    row: Conversation


NearRows = dict[str, list[NearRow]]  # "stays" and "goes", the nearest row first


def rows_near(history: History, step: int, threshold: Threshold) -> NearRows:
    """The nearest rows that stay and the nearest rows that go."""
    near: NearRows = {"stays": [], "goes": []}
    for _, shard in history.shards():
        judgement = shard.track()[step]
        if threshold.score in judgement.scores:
            _add(near, shard, np.array(judgement.column(threshold.score)), threshold)
    return near


def _add(near: NearRows, shard: Shard, column: ScoreColumn, threshold: Threshold) -> None:
    """Adds the nearest rows of one shard. The rows are read only if one is nearer than the rows so far."""
    distances = np.abs(column - threshold.value)
    stays = threshold.passes(column, threshold.value)
    base = None
    for fate, mask in (("stays", stays), ("goes", ~stays & ~np.isnan(column))):
        indices = _nearest(distances, mask)
        farthest = near[fate][-1].distance if len(near[fate]) == NEAR else np.inf
        if indices and distances[indices[0]] < farthest:
            base = base or shard.base()
            rows = ((index, base.conversations[index]) for index in indices)
            found = [NearRow(distances[index], column[index], row) for index, row in rows if row]
            near[fate] = sorted([*near[fate], *found], key=lambda row: row.distance)[:NEAR]


def _nearest(distances: ScoreColumn, mask: NDArray[np.bool_]) -> list[int]:
    """The indices of the rows in the mask with the smallest distances."""
    indices = np.flatnonzero(mask)
    nearest: list[int] = indices[np.argsort(distances[indices], kind="stable")[:NEAR]].tolist()
    return nearest
