"""The distribution of values. Values are rounded to three digits, which bounds the memory."""

from collections import Counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

DIGITS = 3
TINY = 1e-12  # a smaller value counts as 0
Bounds = tuple[float | None, float | None]  # the least and the most that a value may be; None: no bound


class Spread:
    """Counts how often each rounded value occurs."""

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()

    @classmethod
    def of(cls, *spreads: "Spread") -> "Spread":
        """The values of several spreads in one."""
        total = cls()
        for spread in spreads:
            total.counts.update(spread.counts)
        return total

    def add(self, values: ArrayLike) -> None:
        distinct, counts = np.unique(_rounded(np.asarray(values, np.float64)), return_counts=True)
        self.counts.update(dict(zip(distinct.tolist(), counts.tolist(), strict=True)))

    def __len__(self) -> int:
        return self.counts.total()

    def least(self) -> float:
        return min(self.counts)

    def most(self) -> float:
        return max(self.counts)

    def all_whole(self) -> bool:
        """Whether every value is a whole number."""
        return all(value == int(value) for value in self.counts)

    def median(self) -> float:
        left = len(self) / 2
        for value in sorted(self.counts):
            left -= self.counts[value]
            if left <= 0:
                return value
        raise ValueError("an empty spread has no median")


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounds finite values to three digits and leaves out all others."""
    values = values[np.isfinite(values)]
    values = np.where(np.abs(values) < TINY, 0.0, values)
    sizes = np.floor(np.log10(np.abs(values), where=values != 0, out=np.zeros_like(values)))
    steps = 10.0 ** (sizes - DIGITS + 1)
    return np.round(np.round(values / steps) * steps, 12)
