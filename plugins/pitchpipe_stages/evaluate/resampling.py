"""Intervals of any number that is made of items, by drawing the items again: the bootstrap-t.

The percentiles of what is drawn cover too little where items are few or skewed. So each draw is measured in
its own standard error, and what is wider on either side counts, that or Student's distribution (Efron and
Tibshirani 1993, chapter 12). Standard errors are by the delta method, from the slopes of the number.
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp, isfinite, sinh, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pitchpipe_stages.evaluate.student import by_chance, quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

Value = Callable[[Any], Any]
DRAWS, SEED = 2000, 0
MOST = 2048  # items that are drawn: more are put together at random into so many
FEW = 5  # with fewer items the draws are too much alike to say anything
FURTHEST = 10.0  # standard errors: draws that miss the one item which decides stray without end
STEP = 1e-5  # of a sum, to find a slope
HUGE = 600.0  # an exponent that a number can have
NOTHING = 1e-9  # of a number: a smaller standard error is an error of rounding
ALIKE = 1e-6  # of the standard error: in a draw of less, all items are the same


class Bounds(NamedTuple):
    """Where a number lies, and how often chance alone brings one so far from 0. None: nobody can say."""

    low: float | None = None
    high: float | None = None
    chance: float | None = None


class Measuring(NamedTuple):
    """The scale on which a number strays alike on both sides: there, and back."""

    there: Value
    back: Callable[[float], float]


AS_IT_IS = Measuring(lambda value: value, lambda value: value)
OF_POSITIVE = Measuring(np.log, lambda value: exp(min(value, HUGE)))


def of_difference(left: float, right: float) -> Measuring:
    """Of a difference of two positive numbers: near 0 as it is, and far from it as a logarithm."""
    unit = 2 * sqrt(left) * sqrt(right)
    return Measuring(
        lambda value: np.arcsinh(value / unit), lambda value: unit * sinh(min(max(value, -HUGE), HUGE))
    )


def spread(value: Value, items: "NDArray[np.float64]", scale: Measuring = AS_IT_IS) -> Bounds:
    """Of a number that `value` makes of the sums of items."""
    sums, parts = items.sum(0), _put_together(items)
    centred = parts - sums / len(parts)

    def scaled(sums: Any) -> Any:
        return scale.there(value(sums))

    with np.errstate(all="ignore"):
        middle = float(scaled(sums))
        if len(parts) < 2 or not isfinite(middle):
            return Bounds()
        (error,) = _errors(scaled, sums[None], (centred.T @ centred)[None], len(parts)).tolist()
        if not isfinite(error) or error <= NOTHING * (abs(middle) or 1):
            return Bounds()
        fallen, risen = _strayed(scaled, middle, sums, centred, error)
    low, high = middle - risen * error, middle + fallen * error  # draws that rise tell of a truth below
    return Bounds(scale.back(low), scale.back(high), by_chance(middle / error, len(parts) - 1))


def _strayed(value: Value, middle: float, sums: Any, centred: Any, error: float) -> tuple[float, float]:
    """How many of their standard errors draws fall and rise, at least as many as Student says."""
    student = quantile(len(centred) - 1)
    if len(centred) < FEW:
        return student, student
    counts = drawn(len(centred))
    moved = counts @ centred
    squares = (counts @ _products(centred)).reshape(len(counts), *[centred.shape[1]] * 2)
    squares -= moved[:, :, None] * moved[:, None, :] / len(centred)
    errors = _errors(value, sums + moved, squares, len(centred))
    ways = (value(sums + moved) - middle) / errors
    sound = ways[np.isfinite(ways) & (errors > ALIKE * error)]
    if len(sound) < DRAWS / 2:
        return student, student
    low, high = np.quantile(sound, [0.025, 0.975])
    fallen, risen = (max(student, min(FURTHEST, far)) for far in (-float(low), float(high)))
    return fallen, risen


def _errors(value: Value, sums: Any, squares: Any, many: int) -> Any:
    """The standard error of each of many sums, from the squares of what they are made of."""
    slopes = np.empty_like(sums)
    for at in range(sums.shape[-1]):
        step = np.zeros_like(sums)
        step[..., at] = STEP * np.maximum(np.abs(sums[..., at]), NOTHING)
        slopes[..., at] = (value(sums + step) - value(sums - step)) / (2 * step[..., at])
    return np.sqrt(np.maximum(np.einsum("di,dij,dj->d", slopes, squares, slopes), 0) * many / (many - 1))


def _products(centred: Any) -> Any:
    return (centred[:, :, None] * centred[:, None, :]).reshape(len(centred), -1)


@lru_cache(maxsize=2)
def drawn(many: int) -> "NDArray[np.float64]":
    """How often each of so many items is in each draw: the same for every number over as many."""
    places = np.random.default_rng(SEED).integers(0, many, (DRAWS, many))
    places += np.arange(DRAWS)[:, None] * many
    return np.bincount(places.ravel(), minlength=DRAWS * many).reshape(DRAWS, many).astype(np.float64)


def _put_together(items: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """At most so many items: sums of random ones are items as well."""
    if len(items) <= MOST:
        return items
    order = np.random.default_rng(SEED).permutation(len(items))
    sums: NDArray[np.float64] = np.add.reduceat(items[order], np.arange(MOST) * len(items) // MOST)
    return sums
