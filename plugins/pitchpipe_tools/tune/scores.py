"""The scores of one filter, and thresholds on them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pitchpipe_stages.prepare.history import History

STEPS = 9  # quantiles of a score that are tried as thresholds

ScoreColumn = NDArray[np.float64]  # one score of many rows


class Scores:
    """All scores of one filter, of the rows that reached the filter, and the bounds of the scores."""

    def __init__(self) -> None:
        self.columns: dict[str, ScoreColumn] = {}
        self.bounds: dict[str, tuple[float | None, float | None]] = {}

    @classmethod
    def of(cls, history: History, step: int) -> "Scores":
        """The scores of the filter with this number."""
        scores, parts = cls(), dict[str, list[ScoreColumn]]()
        for _, shard in history.shards():
            track = shard.track()
            if step < len(track):
                for name in track[step].scores:
                    parts.setdefault(name, []).append(np.array(track[step].column(name)))
                    scores.bounds[name] = track[step].bounds[name]
        for name, columns in parts.items():
            column = np.concatenate(columns)
            scores.columns[name] = column[~np.isnan(column)]
        return scores


@dataclass(frozen=True)
class Threshold:
    """One bound of a score: its value in the run, if the run sets one, and the value to show rows near."""

    score: str
    bound: Literal["least", "most"]
    current: float | None
    value: float

    def passes(self, column: ScoreColumn, value: float) -> NDArray[np.bool_]:
        """Whether each score passes, if the threshold has this value."""
        return column >= value if self.bound == "least" else column <= value


def quantiles(column: ScoreColumn) -> ScoreColumn:
    return np.quantile(column, np.linspace(0, 1, STEPS))


def thresholds_to_try(column: ScoreColumn, *others: float | None) -> list[float]:
    """The quantiles of a column, rounded to four digits, and other values; in ascending order."""
    tried = {float(f"{value:.4g}") for value in np.unique(quantiles(column))}
    return sorted(tried | {float(value) for value in others if value is not None})
