"""Where a number lies with 95 % confidence, and a difference of two models on the same items.

Hits are counted exactly, shares bring two imagined items, and all else is drawn again: docs/evaluation.md.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import comb, isfinite, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from pitchpipe.host.scoring import Measured, Score, ratio
from pitchpipe_stages.evaluate.binomial import LARGE, exact_interval
from pitchpipe_stages.evaluate.evaluated import Difference, Way
from pitchpipe_stages.evaluate.held_out import first_of
from pitchpipe_stages.evaluate.resampling import AS_IT_IS, OF_POSITIVE, Bounds, of_difference, spread
from pitchpipe_stages.evaluate.student import by_chance
from pitchpipe_stages.evaluate.ways import least_chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

Z = 1.96
OF_A_SHARE = Z * Z / 2  # imagined items at 0, and at 1 (Agresti and Coull 1998)
OF_A_DIFFERENCE = 1  # imagined items that only one model gets right, for each (Bonett and Price 2012)


def score_of(measured: Measured, ids: Sequence[str] | None = None) -> Score:
    """The number over all items, or over some."""
    chosen = [id for id in (measured.items if ids is None else ids) if id in measured.items]
    sums = _sums(measured, chosen)
    facts: dict[str, Any] = {"is_share": measured.is_share, "better": measured.better, "how": measured.how}
    if not len(sums):
        return Score(None, 0, **facts)
    if lost := int((~np.isfinite(sums)).any(1).sum()):
        told = f"{lost:,} of {len(sums):,} items gave no number"
        return Score(None, len(chosen), **facts | {"how": "; ".join(filter(None, (measured.how, told)))})
    value = _number(measured.value, sums)
    if value is None:
        return Score(None, len(chosen), **facts)
    if measured.exact:
        within = Bounds(value, value)
    elif _are_hits(measured, sums) and len(sums) <= LARGE:
        within = Bounds(*exact_interval(int(sums[:, 0].sum()), len(sums)))
    elif _are_shares(measured, sums):
        within = _of_share(sums)
    else:
        is_positive = value > 0 and bool((sums >= 0).all())
        within = spread(measured.value, sums, OF_POSITIVE if is_positive else AS_IT_IS)
    return Score(value, len(chosen), *_clipped(within, *_ends(measured)), **facts)


def difference_of(base: Measured, tuned: Measured, ids: Sequence[str] | None = None) -> Difference:
    """Tuned minus base, over the items that both have: the same ones are drawn for both. Which way that is,
    `judged` says, who knows what else is compared."""
    shared = [id for id in (tuned.items if ids is None else ids) if id in base.items and id in tuned.items]
    if not shared:
        return Difference(None, 0)
    left, right = _sums(base, shared), _sums(tuned, shared)
    values = _number(base.value, left), _number(tuned.value, right)
    if values[0] is None or values[1] is None:
        return Difference(None, len(shared))
    value = values[1] - values[0]
    differ = _differ(left, right)
    way: Way = "unsure" if differ else "even"
    if not differ and not _are_shares(base, left):
        return Difference(value, len(shared), value, value, way, 1.0, differ)
    within = _paired(base, tuned, left, right)
    least, most = _ends(tuned)
    reach = None if least is None or most is None else most - least
    low, high = _clipped(within, None if reach is None else -reach, reach)
    if base.exact:  # all that is unsure is the tuned model's
        alone = score_of(tuned, shared)
        low, high = (None if end is None else end - values[0] for end in (alone.low, alone.high))
    chance = _by_chance(within, base, tuned, left, right)
    return Difference(value, len(shared), low, high, way, chance, differ)


def _differ(left: Any, right: Any) -> int:
    """Items of which both models do not say the same."""
    return int((left != right).any(1).sum()) if left.shape == right.shape else len(left)


def difference_of_scores(base: Score, tuned: Score) -> Difference | None:
    """Tuned minus base where nobody knows of the items, from both intervals (Zou and Donner 2008): wider than
    on the same items."""
    ends = base.low, base.high, tuned.low, tuned.high
    if base.value is None or tuned.value is None or None in ends:
        return None
    value, count = tuned.value - base.value, min(base.count, tuned.count)
    below, above = (
        sqrt(((one.value or 0) - (one.low or 0)) ** 2 + ((other.high or 0) - (other.value or 0)) ** 2)
        for one, other in ((tuned, base), (base, tuned))
    )
    reach = below if value > 0 else above
    chance = by_chance(Z * value / reach, count) if reach else float(not value)
    return Difference(value, count, value - below, value + above, chance=chance)


def _paired(base: Measured, tuned: Measured, left: Any, right: Any) -> Bounds:
    if _are_shares(base, left) and _are_shares(tuned, right):
        return _of_difference(left, right)
    width = left.shape[1]

    def between(sums: Any) -> Any:
        return tuned.value(sums[..., width:]) - base.value(sums[..., :width])

    both = np.concatenate([left, right], axis=1)
    values = float(base.value(left.sum(0))), float(tuned.value(right.sum(0)))
    are_positive = min(values) > 0 and bool((both >= 0).all())
    return spread(between, both, of_difference(*values) if are_positive else AS_IT_IS)


def _of_share(sums: "NDArray[np.float64]") -> Bounds:
    """With imagined items at 0 and at 1, so that it holds near them and where all items are equal."""
    weight = sums[:, 1].mean()
    extreme = [(0.0, weight), (weight, weight)]
    return _normal(ratio, np.concatenate([sums, extreme]), [OF_A_SHARE] * 2)


def _of_difference(left: Any, right: Any) -> Bounds:
    """With an imagined item that the base alone gets right, and one that the tuned model alone does."""
    weights = left[:, 1].mean(), right[:, 1].mean()
    extreme = [(weights[0], weights[0], 0.0, weights[1]), (0.0, weights[0], weights[1], weights[1])]
    both = np.concatenate([np.concatenate([left, right], axis=1), extreme])
    return _normal(lambda sums: ratio(sums[..., 2:]) - ratio(sums[..., :2]), both, [OF_A_DIFFERENCE] * 2)


def _normal(value: Callable[[Any], Any], sums: Any, imagined: list[float]) -> Bounds:
    """Of shares' ratios: the imagined items come last, as often as is said."""
    often = np.ones(len(sums))
    often[-len(imagined) :] = imagined
    many, total = often.sum(), often @ sums
    middle = float(value(total))
    # How far each item moves the ratio: what it has beyond its part, by the whole.
    moves = np.zeros(len(sums))
    for at in range(0, sums.shape[1], 2):
        sign = 1 if at == sums.shape[1] - 2 else -1
        part = total[at] / total[at + 1]
        moves += sign * (sums[:, at] - part * sums[:, at + 1]) / total[at + 1]
    error = sqrt(float(often @ moves**2) * many / (many - 1))
    chance = by_chance(middle / error, int(many) - 1)
    return Bounds(middle - Z * error, middle + Z * error, chance)


def _by_chance(within: Bounds, base: Measured, tuned: Measured, left: Any, right: Any) -> float:
    """How often chance alone shows so much. Of hits by McNemar's exact test, with half of what is as likely
    (mid-p); and never less than if all the items that differ had fallen to one side."""
    differ = _differ(left, right)
    if _are_hits(base, left) and _are_hits(tuned, right):
        return mcnemar(differ, int((right[:, 0] > left[:, 0]).sum()))
    return max(within.chance or 0.0, least_chance(differ))


def mcnemar(differ: int, won: int) -> float:
    """Of so many items that only one model gets right, the tuned one gets so many."""
    least = min(won, differ - won)
    if differ > 1000:  # beyond, the exact sum says the same
        return by_chance((2 * least - differ) / sqrt(differ), differ)
    below = sum(comb(differ, hits) for hits in range(least))
    return float(min(1.0, (2 * below + comb(differ, least)) / 2**differ))


def _are_shares(measured: Measured, sums: Any) -> bool:
    """Whether it is a share of something that each item has some of."""
    divides = measured.is_share and sums.shape[1] == 2 and _divides(measured.value)
    return bool(
        divides and (sums[:, 0] >= 0).all() and (sums[:, 0] <= sums[:, 1]).all() and sums[:, 1].sum() > 0
    )


@cache
def _divides(value: Callable[[Any], Any]) -> bool:
    """Whether a value is the first sum by the second one, whoever has written it."""
    trial = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 5.0], [7.0, 7.0]])
    try:
        return np.array_equal(value(trial), ratio(trial))
    except (IndexError, ValueError):
        return False


def _are_hits(measured: Measured, sums: Any) -> bool:
    """Whether each item is a hit or none."""
    return _are_shares(measured, sums) and bool(np.isin(sums[:, 0], (0, 1)).all() and (sums[:, 1] == 1).all())


def _sums(measured: Measured, ids: Sequence[str]) -> "NDArray[np.float64]":
    """What each item gives. A conversation that comes again is no other item: it counts with the first."""
    rows = np.array([measured.items[id] for id in ids], np.float64)
    known = set(ids)
    firsts = [first if (first := first_of(id)) in known else id for id in ids]
    places = {id: at for at, id in enumerate(dict.fromkeys(firsts))}
    if len(places) == len(ids):
        return rows
    found = np.zeros((len(places), rows.shape[1]))
    np.add.at(found, [places[id] for id in firsts], rows)
    return found


def _ends(measured: Measured) -> tuple[float | None, float | None]:
    """What a number cannot be less or more than."""
    return (0.0, 1.0) if measured.is_share else (measured.least, measured.most)


def _clipped(within: Bounds, least: float | None, most: float | None) -> tuple[float | None, float | None]:
    low, high = within.low, within.high
    if low is None or high is None:
        return low, high
    return low if least is None else max(least, low), high if most is None else min(most, high)


def _number(value: Callable[[Any], Any], sums: Any) -> float | None:
    with np.errstate(all="ignore"):
        found = float(value(sums.sum(0)))
    return found if isfinite(found) else None
