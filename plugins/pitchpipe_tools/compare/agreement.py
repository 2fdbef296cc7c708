"""Whether raters agree, beyond chance: as functions of sums, so that questions can be drawn again.

What two raters say of the same duels is counted in a table, 3 by 3: the first reply is better, neither, the
second. Krippendorff's alpha counts all pairs of raters of a duel, each weighted so that a duel with many
raters counts no more for each of them.
"""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = {1.0: 0, 0.5: 1, 0.0: 2}  # points of the first reply
MANY = len(KINDS)


def pairs_of_two(first: Iterable[float], second: Iterable[float]) -> "NDArray[np.float64]":
    """The table of what two raters say, flat."""
    table = np.zeros((MANY, MANY))
    for one, other in zip(first, second, strict=True):
        table[KINDS[one], KINDS[other]] += 1
    return table.ravel()


def coincidences(said: Sequence[float]) -> "NDArray[np.float64]":
    """The table of one duel that several raters have rated, flat."""
    table = np.zeros((MANY, MANY))
    for one, other in permutations(said, 2):
        table[KINDS[one], KINDS[other]] += 1 / (len(said) - 1)
    return table.ravel()


def kappa(sums: Any) -> Any:
    """Cohen's kappa of a table; not a number where both raters say one thing only."""
    table = _table(sums)
    chance = (table.sum(-1) * table.sum(-2)).sum(-1)
    return _beyond(np.trace(table, axis1=-2, axis2=-1), chance)


def alpha(sums: Any) -> Any:
    """Krippendorff's alpha of coincidences, for kinds without an order."""
    flat = np.asarray(sums, np.float64)
    total = flat.sum(-1)
    each = flat.reshape(*flat.shape[:-1], MANY, MANY).sum(-1)
    chance = (each * (each - 1)).sum(-1) / _divisor(total * (total - 1))
    return _beyond(np.trace(_table(sums), axis1=-2, axis2=-1), chance)


def same(flat: "NDArray[np.float64]") -> tuple[float, float]:
    """How often raters say the same, of how often."""
    table = flat.reshape(MANY, MANY)
    return float(np.trace(table)), float(table.sum())


def same_side(flat: "NDArray[np.float64]") -> tuple[float, float]:
    """The same, where neither calls it a tie."""
    table = flat.reshape(MANY, MANY)[np.ix_((0, -1), (0, -1))]
    return float(np.trace(table)), float(table.sum())


def _table(sums: Any) -> "NDArray[np.float64]":
    flat = np.asarray(sums, np.float64)
    shares: NDArray[np.float64] = flat / _divisor(flat.sum(-1, keepdims=True))
    return shares.reshape(*flat.shape[:-1], MANY, MANY)


def _beyond(same: Any, chance: Any) -> Any:
    return (same - chance) / _divisor(1 - np.where(np.isclose(chance, 1), 1, chance))


def _divisor(values: Any) -> Any:
    """Nothing is divided by 0: that is no number."""
    return np.where(np.asarray(values) == 0, np.nan, values)
