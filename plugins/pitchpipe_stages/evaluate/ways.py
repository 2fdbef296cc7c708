"""Which of many differences are more than chance. The more are looked at, the more chance alone shows."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from pitchpipe_stages.evaluate.evaluated import BothModels, Difference

Key = TypeVar("Key", bound=Hashable)
FEWEST = 5  # items that must differ before chance is unlikely
OF_CHANCE = 0.05  # of all that is called better or worse, at most so much is expected to be there by chance


def settle_ways(found: Mapping[Key, BothModels]) -> None:
    """Sets the way of each difference, where all are looked at together (Benjamini and Hochberg 1995)."""
    judged = [one for one in found.values() if one.tuned and one.tuned.better and one.difference]
    differences = [one.difference for one in judged if one.difference and _counts(one.difference)]
    chances = sorted(one.chance or 0.0 for one in differences)
    most = max((p for rank, p in enumerate(chances, 1) if p <= OF_CHANCE * rank / len(chances)), default=-1.0)
    for one in judged:
        _settle(one, most)


def least_chance(differ: int) -> float:
    """How often chance alone lets all of so many items that differ fall to one side."""
    return float(min(1.0, 2.0 ** (1 - differ)))


def _counts(difference: Difference) -> bool:
    """Whether it could be sure at all: a look that cannot find anything is none (Tarone 1990)."""
    return difference.chance is not None and (difference.differ is None or difference.differ >= FEWEST)


def _settle(one: BothModels, most: float) -> None:
    """A tuned model that gives no number is worse than a base that does."""
    base, tuned, difference = one.base, one.tuned, one.difference
    assert difference and tuned
    if base and base.value is not None and tuned.value is None and difference.count:
        difference.way = "worse"
    elif difference.way == "unsure" and _is_sure(difference, most):
        difference.way = "better" if ((difference.value or 0) > 0) == (tuned.better == "higher") else "worse"


def _is_sure(difference: Difference, most: float) -> bool:
    """Whether chance explains no more than it may, and the interval says so too."""
    if difference.chance is None or difference.chance > most or not difference.value:
        return False
    low, high = difference.low, difference.high
    return low is None or high is None or not low <= 0 <= high
