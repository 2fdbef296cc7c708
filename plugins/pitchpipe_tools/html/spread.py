"""How values are spread: counted to three digits, so that memory does not grow with the rows."""

from bisect import bisect_right
from collections import Counter
from math import ceil, floor, isfinite, log10

import numpy as np
from numpy.typing import ArrayLike, NDArray

DIGITS = 3
BARS = 40
TINY = 1e-12  # is drawn as 0
Bounds = tuple[float | None, float | None]  # the least and the most that a value may be

TEN = (1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8)  # steps from 1 to 10 of nearly one size (Renard)
TEN_WHOLE = (1, 2, 3, 4, 5, 6, 8)


class Spread:
    """How often each value came."""

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()

    def add(self, values: ArrayLike) -> None:
        kept, counts = np.unique(_rounded(np.asarray(values, np.float64)), return_counts=True)
        self.counts.update(dict(zip(kept.tolist(), counts.tolist(), strict=True)))

    @classmethod
    def of(cls, *spreads: "Spread") -> "Spread":
        """Several as one."""
        whole = cls()
        for spread in spreads:
            whole.counts.update(spread.counts)
        return whole

    def __len__(self) -> int:
        return self.counts.total()

    def least(self) -> float:
        return min(self.counts)

    def most(self) -> float:
        return max(self.counts)

    def whole(self) -> bool:
        return all(value == int(value) for value in self.counts)

    def median(self) -> float:
        left = len(self) / 2
        for value in sorted(self.counts):
            left -= self.counts[value]
            if left <= 0:
                return value
        raise ValueError("nothing was counted")

    def bars(self, edges: list[float]) -> list[int]:
        """How many values lie from each edge to just before the next."""
        bars = [0] * (len(edges) - 1)
        for value, count in self.counts.items():
            bars[min(max(bisect_right(edges, value) - 1, 0), len(bars) - 1)] += count
        return bars


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """To three digits; what is no finite number has no place in a picture."""
    values = values[np.isfinite(values)]
    values = np.where(np.abs(values) < TINY, 0.0, values)
    sizes = np.floor(np.log10(np.abs(values), where=values != 0, out=np.zeros_like(values)))
    steps = 10.0 ** (sizes - DIGITS + 1)
    return np.round(np.round(values / steps) * steps, 12)


def edges(spread: Spread, limits: list[float]) -> list[float]:
    """Where bars begin and end. Near limits are taken in, so that they can be drawn."""
    least, most = spread.least(), spread.most()
    wide = [limit for limit in limits if isfinite(limit) and _near(limit, least, most)]
    least, most = min([least, *wide]), max([most, *wide])
    whole = spread.whole() and all(limit == int(limit) for limit in wide)
    if whole and most - least <= BARS:
        return [float(value) for value in range(int(least), int(most) + 2)]
    if whole and least >= 0:
        return _by_tens(least, most)
    return _even(least, most)


def _near(limit: float, least: float, most: float) -> bool:
    reach = max(most - least, abs(most), 1e-9)
    return least - reach <= limit <= most + reach


def _by_tens(least: float, most: float) -> list[float]:
    """Each bar about a quarter wider than the one before it."""
    steps = [0.0, *map(float, TEN_WHOLE)]
    size = 10
    while steps[-1] <= most:
        steps += [size * step for step in TEN]
        size *= 10
    first, last = bisect_right(steps, least) - 1, bisect_right(steps, most)
    return steps[first : last + 1]


def _even(least: float, most: float) -> list[float]:
    """Bars of one width, with round numbers at their ends."""
    if most - least < 1e-9 * max(abs(most), 1):
        return [least - 0.5, most + 0.5]
    rough = (most - least) / BARS
    size = 10.0 ** floor(log10(rough))
    step = next(size * step for step in (1, 2, 2.5, 5, 10) if size * step >= rough * 0.999)
    first = floor(least / step)
    count = max(ceil(most / step) - first, 1)
    if step * (first + count) <= most:  # the largest value has a bar of its own
        count += 1
    return [round((first + index) * step, 12) for index in range(count + 1)]


def place(value: float, edges: list[float]) -> float:
    """Where a value stands, from 0 at the first edge to 1 at the last; bars are drawn equally wide."""
    index = min(max(bisect_right(edges, value) - 1, 0), len(edges) - 2)
    low, high = edges[index], edges[index + 1]
    return min(max((index + (value - low) / (high - low)) / (len(edges) - 1), 0.0), 1.0)
