"""Where a number lies with 95 % confidence: exact for counts, by drawing items again for all else."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pitchpipe.host.scoring import Measured, Score
from pitchpipe_stages.evaluate.evaluated import Difference, Way

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 2000
AT_ONCE = 1 << 22  # counts that are drawn together


def score_of(measured: Measured, ids: Sequence[str] | None = None) -> Score:
    """The number over all items, or over some."""
    sums = _sums(measured, ids)
    if not len(sums):
        return Score(None, 0, is_share=measured.is_share, better=measured.better, how=measured.how)
    if measured.is_share and np.isin(sums[:, 0], (0, 1)).all() and (sums[:, 1] == 1).all():
        exact = Score.share(int(sums[:, 0].sum()), len(sums))
        return Score(exact.value, exact.count, exact.low, exact.high, True, measured.better, measured.how)
    value = _number(measured.value(sums.sum(0)))
    low, high = _within(_drawn(measured.value, sums))
    return Score(value, len(sums), low, high, measured.is_share, measured.better, measured.how)


def difference_of(base: Measured, tuned: Measured, ids: Sequence[str] | None = None) -> Difference:
    """Tuned minus base, over the items that both have: the same ones are drawn for both."""
    shared = [id for id in (tuned.items if ids is None else ids) if id in base.items and id in tuned.items]
    if not shared:
        return Difference(None, 0)
    both = np.concatenate([_sums(base, shared), _sums(tuned, shared)], axis=1)
    width = both.shape[1] // 2

    def between(sums: Any) -> Any:
        return tuned.value(sums[..., width:]) - base.value(sums[..., :width])

    value = _number(between(both.sum(0)))
    low, high = _within(_drawn(between, both))
    same = bool((both[:, :width] == both[:, width:]).all())
    return Difference(value, len(shared), low, high, _way(low, high, tuned, same))


def _way(low: float | None, high: float | None, measured: Measured, same: bool) -> Way:
    if same:
        return "even"
    if low is None or high is None or measured.better is None or low <= 0 <= high:
        return "unsure"
    return "better" if (low > 0) == (measured.better == "higher") else "worse"


def _sums(measured: Measured, ids: Sequence[str] | None) -> "NDArray[np.float64]":
    chosen = measured.items if ids is None else [id for id in ids if id in measured.items]
    return np.array([measured.items[id] for id in chosen], np.float64)


def _drawn(value: Callable[[Any], Any], sums: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The number of each of many draws of as many items, with putting back."""
    chance, found = np.random.default_rng(0), []
    many = len(sums)
    rows = max(1, AT_ONCE // many)
    for start in range(0, DRAWS, rows):
        counts = chance.multinomial(many, np.full(many, 1 / many), size=min(rows, DRAWS - start))
        with np.errstate(all="ignore"):
            found.append(value(counts @ sums))
    return np.concatenate(found)


def _within(drawn: "NDArray[np.float64]") -> tuple[float | None, float | None]:
    sound = drawn[np.isfinite(drawn)]
    if not len(sound):
        return None, None
    low, high = np.quantile(sound, [0.025, 0.975])
    return float(low), float(high)


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
