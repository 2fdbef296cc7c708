"""Is one side better? A test that may be looked at after every outcome.

It is the mixture sequential probability ratio test (mSPRT) of Johari, Pekelis and Walsh (2015), with a normal
mixture over the difference of two means. An ordinary test that is looked at again and again finds a winner
where there is none; this one does so in at most a share alpha of all experiments, however often one looks.
The variance is that of users, as outcomes of one are alike, and at least that of as many yes-or-no answers;
benchmarks/ab.py measures what both are for.
"""

import math
from dataclasses import dataclass

LEAST = 20  # users of each side: before, a variance is a guess
RARE = 5  # outcomes of the rarer kind that each side must expect: before, means are not normal
MOST = 10_000_000  # outcomes


@dataclass
class OutcomeTally:
    """The outcomes of one side, from 0 to 1, by user: sums over users of what each has."""

    users: int = 0
    count: int = 0
    total: float = 0.0
    counts_squared: float = 0.0
    totals_squared: float = 0.0
    products: float = 0.0

    def replace(self, before: tuple[int, float], after: tuple[int, float]) -> None:
        """One user's count and total of outcomes have changed."""
        for (count, total), sign in ((before, -1), (after, 1)):
            self.users += sign * (count > 0)
            self.count += sign * count
            self.total += sign * total
            self.counts_squared += sign * count * count
            self.totals_squared += sign * total * total
            self.products += sign * count * total

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    def variance(self, rate: float) -> float:
        """Of the mean; at least that of single yes-or-no answers that are yes at this rate."""
        if self.users < 2:
            return math.inf
        apart = self.totals_squared - 2 * self.mean * self.products + self.mean**2 * self.counts_squared
        of_users = self.users / (self.users - 1) * apart / self.count**2
        return max(of_users, rate * (1 - rate) / self.count)


def p_value(first: OutcomeTally, second: OutcomeTally, effect: float) -> float:
    """The chance of so much evidence where both are alike, at this look; the least of all looks counts."""
    rate, fewest = _together(first, second), min(first.count, second.count)
    if min(first.users, second.users) < LEAST or fewest * min(rate, 1 - rate) < RARE:
        return 1.0
    variance = first.variance(rate) + second.variance(rate)
    return min(1.0, math.exp(-_evidence(second.mean - first.mean, variance, effect)))


def interval(first: OutcomeTally, second: OutcomeTally, effect: float, alpha: float) -> tuple[float, float]:
    """Where the difference lies: so at all looks, but in a share alpha of experiments."""
    rate = _together(first, second)
    variance = first.variance(rate) + second.variance(rate)
    low, high = _around(second.mean - first.mean, variance, effect, alpha)
    return max(-1.0, low), min(1.0, high)


def interval_of(side: OutcomeTally, effect: float, alpha: float) -> tuple[float, float]:
    """Where the mean of one side lies."""
    low, high = _around(side.mean, side.variance(_together(side)), effect, alpha)
    return max(0.0, low), min(1.0, high)


def needed(rate: float, effect: float, alpha: float, share: float = 0.5) -> int:
    """About how many outcomes of both sides together show a difference of `effect`. `share`: that of one."""
    rate = min(max(rate, 0.05), 0.95)
    spread = rate * (1 - rate) * (1 / share + 1 / (1 - share))
    count = 2 * LEAST
    while count < MOST and _evidence(effect, spread / count, effect) < math.log(1 / alpha):
        count += max(1, count // 50)
    return count


def _together(*sides: OutcomeTally) -> float:
    """The mean of all outcomes, with half an answer of each kind, so that it is never 0 or 1."""
    return (sum(side.total for side in sides) + 0.5) / (sum(side.count for side in sides) + 1)


def _evidence(difference: float, variance: float, effect: float) -> float:
    """The logarithm of the mixture's likelihood ratio. `effect` is the mixture's standard deviation."""
    if math.isinf(variance):
        return 0.0
    wide = variance + effect**2
    return 0.5 * math.log(variance / wide) + effect**2 * difference**2 / (2 * variance * wide)


def _around(middle: float, variance: float, effect: float, alpha: float) -> tuple[float, float]:
    if math.isinf(variance):
        return -1.0, 1.0
    wide = variance + effect**2
    half = math.sqrt(variance * wide / effect**2 * (2 * math.log(1 / alpha) + math.log(wide / variance)))
    return middle - half, middle + half
