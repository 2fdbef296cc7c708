"""The bars of a histogram: the edges between bars, and the number of values in each bar."""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

from pitchpipe_tools.html.spread import Spread

BARS = 40  # at most, on an axis of even steps
BELOW = 4  # a limit lies near the least value if it is not less than a quarter of it
DECADE = (1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8)  # ten steps of nearly one ratio: Renard's series R10
FIRST_DECADE = (1, 2, 3, 4, 5, 6, 8)  # whole numbers only


def bar_edges(spread: Spread, limits: Sequence[float]) -> list[float]:
    """The edges of bars that hold all values, and each limit near the values."""
    least, most = spread.least(), spread.most()
    near = [limit for limit in limits if isfinite(limit) and _is_near(limit, least, most)]
    least, most = min([least, *near]), max([most, *near])
    whole = spread.all_whole() and all(limit == int(limit) for limit in near)
    if whole and most - least <= BARS:
        return [float(value) for value in range(int(least), int(most) + 2)]
    if whole and least >= 0:
        return _growing_edges(least, most)
    return _even_edges(least, most)


def _is_near(limit: float, least: float, most: float) -> bool:
    """A limit far away is not drawn: it would leave no room for the values."""
    reach = max(most - least, abs(most), 1e-9)
    return least - reach <= limit <= most + reach and (least <= 0 or limit * BELOW >= least)


def _growing_edges(least: float, most: float) -> list[float]:
    """Edges of bars that are each about a quarter wider than the bar before."""
    edges = [0.0, *map(float, FIRST_DECADE)]
    size = 10
    while edges[-1] <= most:
        edges += [size * step for step in DECADE]
        size *= 10
    first, last = bisect_right(edges, least) - 1, bisect_right(edges, most)
    return edges[first : last + 1]


def _even_edges(least: float, most: float) -> list[float]:
    """Edges of bars of one width, at round numbers."""
    if most - least < 1e-9 * max(abs(most), 1):
        return [least - 0.5, most + 0.5]
    step = round_step((most - least) / BARS, (1, 2, 2.5, 5, 10))
    first = floor(least / step)
    count = max(ceil(most / step) - first, 1)
    if step * (first + count) <= most:  # the largest value needs a bar too
        count += 1
    return [round((first + index) * step, 12) for index in range(count + 1)]


def round_step(rough: float, factors: Sequence[float]) -> float:
    """The smallest round number that is not below `rough`: one of the factors times a power of ten."""
    size = 10.0 ** floor(log10(rough))
    return next(size * factor for factor in factors if size * factor >= rough * 0.999)


def bar_counts(spread: Spread, edges: Sequence[float]) -> list[int]:
    """The number of values in each bar. A bar holds its lower edge, not its upper edge."""
    counts = [0] * (len(edges) - 1)
    for value, count in spread.counts.items():
        counts[min(max(bisect_right(edges, value) - 1, 0), len(counts) - 1)] += count
    return counts


def position(value: float, edges: Sequence[float]) -> float:
    """The position of a value on an axis of bars of one width: 0 at the first edge, 1 at the last."""
    index = min(max(bisect_right(edges, value) - 1, 0), len(edges) - 2)
    low, high = edges[index], edges[index + 1]
    return min(max((index + (value - low) / (high - low)) / (len(edges) - 1), 0.0), 1.0)
