"""Exact intervals of a share of hits (Clopper and Pearson 1934): a share outside makes so many hits unlikely.

Wilson's hold the truth less often than they say where items are few and nearly all hit.
"""

import numpy as np

LARGE = 20_000  # items: beyond, a normal interval says the same
OUTSIDE = 0.025  # on either side


def exact_interval(hits: int, count: int) -> tuple[float, float]:
    """The least and the greatest share that so many hits of so many items allow."""
    return _least(hits, count), 1 - _least(count - hits, count)


def _least(hits: int, count: int) -> float:
    """The share of which as many hits or more are as unlikely as may be."""
    if not hits:
        return 0.0
    ways = np.concatenate([[0.0], np.cumsum(np.log(np.arange(count, 0, -1) / np.arange(1, count + 1)))])
    numbers = np.arange(hits, count + 1)
    low, high = 0.0, hits / count
    while high - low > 1e-9:
        share = (low + high) / 2
        chance = np.exp(ways[hits:] + numbers * np.log(share) + (count - numbers) * np.log1p(-share)).sum()
        low, high = (share, high) if chance < OUTSIDE else (low, share)
    return low
