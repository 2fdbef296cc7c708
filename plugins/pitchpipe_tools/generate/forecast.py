"""What the whole of a recipe's generators takes and gives, by what came of some of their drafts and sources.

The interval is a bootstrap: drafts and sources are drawn again, with replacement, and each draw is carried
through the chain of generators. It knows the chance of which drafts were tried, and nothing of what changes
later, as that new instructions become rarer with each one that is there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]  # a row for each draw, a column for each field of Took
    Mean = Callable[[Numbers], Numbers]

DRAWS = 1000
FEWEST = 5  # drafts or sources that an interval needs


class Took(NamedTuple):
    """What drafts or sources took and gave; one of them, all of them, or on average."""

    questions: float = 0.0
    read: float = 0.0  # tokens
    written: float = 0.0
    dollars: float = 0.0
    made: float = 0.0  # of a draft: admitted ones
    rows: float = 0.0
    gave: float = 0.0  # 1 where there was a row

    def times(self, factor: float) -> "Took":
        return Took(*(value * factor for value in self))


MADE, GAVE = Took._fields.index("made"), Took._fields.index("gave")
NOTHING = Took()


class Between(NamedTuple):
    """An estimate, and what holds 95 % of the draws."""

    middle: Took
    low: Took
    high: Took


@dataclass
class Tried:
    """What is known of a generator: its drafts and sources that are done, and how many the whole has."""

    label: str
    wanted: int | None = None  # accepted ones, of a generator that drafts
    drafts: list[Took] = field(default_factory=list)
    sources: list[Took] = field(default_factory=list)
    origins: Mapping[str, float] = field(default_factory=dict)  # of its sources: the generator that made them
    complete: bool = False  # nothing is left of it


def forecast(tried: Sequence[Tried], draws: int = DRAWS) -> dict[str, Between]:
    """For each generator by its label, and for all of them by the empty name."""
    import numpy as np

    random = np.random.default_rng(0)

    def mean_again(took: "Numbers") -> "Numbers":
        times = random.multinomial(len(took), np.full(len(took), 1 / len(took)), draws)
        return times @ took / len(took)

    middle = _whole(tried, lambda took: took.mean(0, keepdims=True))
    drawn = middle if all(one.complete for one in tried) else _whole(tried, mean_again)
    return {label: _between(middle[label], drawn[label]) for label in middle}


def _between(middle: "Numbers", drawn: "Numbers") -> Between:
    import numpy as np

    known = drawn[~np.isnan(drawn).any(1)]  # of a draw in which nothing was admitted nobody knows the whole
    if not len(known) or np.isnan(middle).any():
        return Between(NOTHING, NOTHING, NOTHING)
    low, high = np.quantile(known, (0.025, 0.975), axis=0)
    return Between(*(Took(*map(float, numbers)) for numbers in (middle[0], low, high)))


def _whole(tried: Sequence[Tried], mean: "Mean") -> "dict[str, Numbers]":
    found: dict[str, Numbers] = {}
    growth: dict[str, Numbers] = {}  # of what a generator makes, from what was tried to the whole
    for one in tried:
        found[one.label] = _of_one(one, growth, mean)
        made = _numbers(one.sources)[:, MADE].sum()
        growth[one.label] = found[one.label][:, MADE] / (made or 1.0)
    return {**found, "": sum(found.values(), start=_numbers([NOTHING]))}


def _of_one(one: Tried, growth: "Mapping[str, Numbers]", mean: "Mean") -> "Numbers":
    drafts, sources = _numbers(one.drafts), _numbers(one.sources)
    drafts[:, MADE + 1 :] = 0.0  # rows are those of its sources
    if one.complete:
        drafts[:, MADE] = 0.0
        return (drafts.sum(0) + sources.sum(0))[None]
    if not len(sources) or (one.wanted is not None and not len(drafts)):
        return _numbers([NOTHING])
    if one.wanted is None:
        count = sum(number * growth.get(origin, 1.0) for origin, number in one.origins.items())
        return mean(sources) * _column(count)
    return _drafted(one.wanted, mean(drafts), mean(sources))


def _drafted(wanted: int, draft: "Numbers", source: "Numbers") -> "Numbers":
    """Of drafts some are admitted, and of these some give rows: those count as accepted."""
    import numpy as np

    admitted, gave = draft[:, MADE].copy(), source[:, GAVE]
    draft[:, MADE] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        sources = np.where((admitted > 0) & (gave > 0), wanted / gave, np.nan)
        drafts = sources / admitted
    return draft * _column(drafts) + source * _column(sources)


def _column(values: "Numbers | float") -> "Numbers":
    import numpy as np

    return np.reshape(values, (-1, 1))


def _numbers(took: Sequence[Took]) -> "Numbers":
    import numpy as np

    return np.array(took, dtype=float).reshape(-1, len(Took._fields))


def total(took: Sequence[Took]) -> Took:
    return Took(*map(float, _numbers(took).sum(0)))
