"""Student's distribution for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4, 26.7.8)."""

from functools import cache
from math import atan, cos, inf, pi, sin, sqrt
from statistics import NormalDist

LARGE = 200  # degrees of freedom: above, a normal deviate is as good
BEYOND = 1e6  # no quantile that is asked for lies further out


def by_chance(t: float, freedom: int) -> float:
    """How often chance alone brings something at least as far from 0 as `t`, on either side."""
    if freedom < 1:
        return 1.0
    if t in (inf, -inf):
        return 0.0
    t = abs(t)
    if freedom > LARGE:
        deviate = t * (1 - 1 / (4 * freedom)) / sqrt(1 + t * t / (2 * freedom))
        return 2 * NormalDist().cdf(-deviate)
    return min(1.0, max(0.0, 1 - _within(atan(t / sqrt(freedom)), freedom)))


@cache
def quantile(freedom: int, outside: float = 0.05) -> float:
    """How far out so much lies `outside`, on both sides together."""
    low, high = 0.0, BEYOND
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if by_chance(middle, freedom) > outside else (low, middle)
    return high


def _within(angle: float, freedom: int) -> float:
    """The share between -t and t, as a sum over every second power of the angle's cosine."""
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(2 + odd, freedom, 2):
        term *= (step - 1) / step * cos(angle) ** 2
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
