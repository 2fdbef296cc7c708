"""What the whole of a recipe's generators takes and gives, by what came of some of their drafts and sources.

The interval is a bootstrap: drafts and sources are drawn again, with replacement, and each draw is carried
through the chain of generators. It knows the chance of which drafts were tried, and nothing of what changes
later, as that new instructions become rarer with each one that is there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

DRAWS = 1000
FEWEST = 5  # drafts or sources that an interval needs


class Took(NamedTuple):
    """What drafts or sources took and gave; for one of them, for all of them, or on average."""

    questions: float = 0.0
    read: float = 0.0  # tokens
    written: float = 0.0
    dollars: float = 0.0
    made: float = 0.0  # of a draft: admitted ones
    rows: float = 0.0
    gave: float = 0.0  # 1 where there was a row

    def times(self, factor: float) -> "Took":
        return Took(*(value * factor for value in self))

    def plus(self, other: "Took") -> "Took":
        return Took(*(a + b for a, b in zip(self, other, strict=True)))


NOTHING = Took()


def total(took: Iterable[Took]) -> Took:
    return Took(*(sum(values) for values in zip(NOTHING, *took, strict=True)))


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
    origins: Mapping[str, int] = field(default_factory=dict)  # of its sources: the generator that made them
    complete: bool = False  # nothing is left of it


def forecast(tried: Sequence[Tried], draws: int = DRAWS) -> dict[str, Between]:
    """For each generator by its label, and for all of them by the empty name."""
    middle = _whole(tried, _mean)
    random = Random(0)
    drawn = [_whole(tried, lambda took: _mean(random.choices(took, k=len(took)))) for _ in range(draws)]
    return {label: _between(one, [draw[label] for draw in drawn]) for label, one in middle.items()}


def _whole(tried: Sequence[Tried], mean: Callable[[list[Took]], Took]) -> dict[str, Took]:
    found: dict[str, Took] = {}
    growth: dict[str, float] = {"": 1.0}  # of what a generator makes, from what was tried to the whole
    for one in tried:
        found[one.label] = _of_one(one, growth, mean)
        made = total(one.sources).made
        growth[one.label] = found[one.label].made / made if made else 0.0
    return {**found, "": total(found.values())}


def _of_one(one: Tried, growth: Mapping[str, float], mean: Callable[[list[Took]], Took]) -> Took:
    if one.complete:
        drafts = total(one.drafts)._replace(made=0.0, rows=0.0, gave=0.0)
        return drafts.plus(total(one.sources))
    return _drafted(one, mean) if one.wanted is not None else _worked(one, growth, mean)


def _drafted(one: Tried, mean: Callable[[list[Took]], Took]) -> Took:
    """Of drafts some are admitted, and of these some give rows: those count as accepted."""
    assert one.wanted is not None
    draft, source = _or_nothing(one.drafts, mean), _or_nothing(one.sources, mean)
    if not draft.made or not source.gave:
        return NOTHING
    sources = one.wanted / source.gave
    drafts = draft._replace(made=0.0, rows=0.0, gave=0.0).times(sources / draft.made)
    return drafts.plus(source.times(sources))


def _worked(one: Tried, growth: Mapping[str, float], mean: Callable[[list[Took]], Took]) -> Took:
    count = sum(number * growth.get(origin, 1.0) for origin, number in one.origins.items())
    return _or_nothing(one.sources, mean).times(count)


def _or_nothing(took: list[Took], mean: Callable[[list[Took]], Took]) -> Took:
    return mean(took) if took else NOTHING


def _mean(took: Sequence[Took]) -> Took:
    return Took(*(sum(values) / len(took) for values in zip(*took, strict=True)))


def _between(middle: Took, drawn: list[Took]) -> Between:
    columns = [sorted(values) for values in zip(*drawn, strict=True)]
    low, high = int(0.025 * len(drawn)), int(0.975 * len(drawn))
    return Between(middle, Took(*(c[low] for c in columns)), Took(*(c[high] for c in columns)))
