"""Intervals of numbers that no formula gives one for, kappa and strengths: the middle 95 % of what comes out
where questions are drawn again. They stay where such numbers can lie."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.resampling import DRAWS, FEW, drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray


def scores_over(items: Mapping[str, Sequence[float]], value: Callable[[Any], Any]) -> list[Score]:
    """What `value` makes of the sums over all questions, for the last axis that it gives back. Without an
    interval where the questions are too few to be drawn again, or most draws give no number."""
    rows = np.array(list(items.values()), np.float64)
    with np.errstate(all="ignore"):
        found = np.atleast_1d(value(rows.sum(0)))
        draws = value(drawn(len(rows)) @ rows).reshape(DRAWS, -1) if len(rows) >= FEW else None
    return [
        _score(float(one), len(rows), draws[:, at] if draws is not None else np.empty(0))
        for at, one in enumerate(found)
    ]


def _score(value: float, count: int, draws: "NDArray[np.float64]") -> Score:
    if not np.isfinite(value):
        return Score(None, count)
    sound = draws[np.isfinite(draws)]
    if len(sound) <= DRAWS / 2:
        return Score(value, count)
    low, high = np.quantile(sound, [0.025, 0.975])
    return Score(value, count, float(low), float(high))
