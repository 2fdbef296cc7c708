"""The population stability index: how far apart two counts over the same bins are, and by chance alone.

Siddiqi 2006, Credit Risk Scorecards, has the index and its thresholds 0.1 and 0.25; Yurdakul 2018 its
distribution: of two samples of one distribution it is chi-squared, times the sum of what one row is in each.
"""

from collections.abc import Sequence
from math import log, sqrt

EMPTY = 0.5  # rows that each bin has more than were seen, so that none is empty
RARE = 3.0902  # standard deviations that a normal value exceeds once in a thousand times


def shares(counts: Sequence[int]) -> list[float]:
    """Of the whole, by bin; none is 0."""
    whole = sum(counts) + EMPTY * len(counts)
    return [(count + EMPTY) / whole for count in counts]


def parts(before: Sequence[int], now: Sequence[int]) -> list[float]:
    """What each bin adds to the index."""
    pairs = zip(shares(before), shares(now), strict=True)
    return [(share - old) * log(share / old) for old, share in pairs]


def psi(before: Sequence[int], now: Sequence[int]) -> float:
    return sum(parts(before, now))


def by_chance(before: Sequence[int], now: Sequence[int]) -> float:
    """The index that two samples of one distribution exceed once in a thousand times: with few rows, much."""
    free = len(before) - 1
    if not free or not sum(before) or not sum(now):
        return 0.0
    squared = free * (1 - 2 / (9 * free) + RARE * sqrt(2 / (9 * free))) ** 3  # Wilson and Hilferty 1931
    return squared * (1 / sum(before) + 1 / sum(now))
