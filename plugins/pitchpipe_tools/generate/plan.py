"""What is left to ask, and its price: what the record lacks now, and what follows from the replies.

The first part is counted: the generators work on the record alone, and their next questions are known. The
rest is an estimate, by what the drafts and sources on record took, or by a generator's own statement. Where
there is neither, it is said that more may follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.making.expected import expected_of
from pitchpipe_tools.generate.forecast import FEWEST, Between, Took, Tried, forecast, total
from pitchpipe_tools.generate.sampled import Sampled
from pitchpipe_tools.generate.sizes import QuestionSizes

Basis = Literal["counted", "measured", "few", "stated", "least"]
BASES: tuple[Basis, ...] = ("counted", "measured", "few", "stated", "least")  # the best first
STRAYS = 2.0  # a statement, or few measurements, may be wrong by this factor


@dataclass(frozen=True)
class LeftToAsk:
    """What a generator has left to ask."""

    label: str
    known: int  # questions on record
    next: int  # questions that come next
    left: Between  # what is left, these included; its rows are those of the whole
    basis: Basis
    operators: Mapping[str, Took]  # what those on record took, by operator


def plan(uses: Sequence[Use], teachers: Sequence[Use], sampled: Sampled) -> list[LeftToAsk]:
    """For each generator, in the recipe's order. What stands on an estimate is no better than that."""
    sizes = [QuestionSizes(use, teachers, sampled) for use in uses]
    known: list[Known] = []
    for use, of in zip(uses, sizes, strict=True):
        before = [] if use.shared.get("seeds") else known
        known.append(_known(use, of, sampled.tried(use.label), before))
    whole = forecast([one.tried for one in known])
    return [_left(of, whole[one.tried.label], one) for of, one in zip(sizes, known, strict=True)]


class Known(NamedTuple):
    """What an estimate stands on: by itself, and with that of the generators before it."""

    tried: Tried
    own: Basis
    carried: Basis
    exact: float | None  # its number of questions, where it is no estimate


def _known(use: Use, sizes: QuestionSizes, one: Tried, before: Sequence[Known]) -> Known:
    one = replace(one, origins={**one.origins, **_to_come(use, before)})
    open_before = any(earlier.own != "counted" for earlier in before)
    tried, own = _tried(use, sizes, one, open_before)
    carried = max([own, *(earlier.own for earlier in before)], key=BASES.index)
    each = expected_of(use).get("source", {}).get("questions", 0.5)
    exact = float(each).is_integer() and not open_before and one.wanted is None
    return Known(tried, own, carried, each * sum(one.origins.values()) if exact else None)


def _to_come(use: Use, before: Sequence[Known]) -> dict[str, float]:
    """Sources that generators state to make, in the measure of their statement."""
    unanswered = getattr(use.component.call, "unanswered", False)
    stated = [(one.tried.label, total(one.tried.sources)) for one in before if one.own == "stated"]
    return {label: took.made - took.rows if unanswered else took.made for label, took in stated}


def _tried(use: Use, sizes: QuestionSizes, one: Tried, open_before: bool) -> tuple[Tried, Basis]:
    """A generator is through where nothing is left to it, and nothing more comes to it."""
    said = expected_of(use)
    if not sizes.next and not open_before:
        return replace(one, complete=True), "counted"
    if _tells(one):
        few = len(one.sources) < FEWEST or (one.wanted is not None and len(one.drafts) < FEWEST)
        return one, "few" if few else "measured"
    if "source" in said and (one.wanted is None or "draft" in said):
        drafts = [sizes.stated(said["draft"])] if "draft" in said else []
        return replace(one, drafts=drafts, sources=[sizes.stated(said["source"])]), "stated"
    return replace(one, complete=True), "least"


def _tells(one: Tried) -> bool:
    """Whether something was tried, and of drafts whether some were admitted and gave rows."""
    if one.wanted is None:
        return bool(one.sources)
    return total(one.drafts).made > 0 and total(one.sources).gave > 0


def _left(sizes: QuestionSizes, whole: Between, known: Known) -> LeftToAsk:
    least, most = sizes.of_next(0.0), sizes.of_next(1.0)
    if known.own in ("counted", "least"):
        ends = (sizes.of_next(0.5), least, most)
        left = Between(*(one._replace(rows=whole.middle.rows) for one in ends))
    else:
        factor, on_record = STRAYS if known.carried in ("few", "stated") else 1.0, sizes.of_known()
        parts = (whole.middle, whole.low.times(1 / factor), whole.high.times(factor))
        left = Between(*(_at_least(least, _less(one, on_record)) for one in parts))
        if known.exact is not None and factor != 1.0:
            count = max(least.questions, known.exact - on_record.questions)
            left = Between(*(one._replace(questions=count) for one in left))
    return LeftToAsk(
        known.tried.label, len(sizes.known), len(sizes.next), left, known.carried, sizes.by_operator()
    )


def _less(one: Took, known: Took) -> Took:
    return Took(*(max(0.0, a - b) for a, b in zip(one, known, strict=True)))


def _at_least(least: Took, one: Took) -> Took:
    return Took(*(max(a, b) for a, b in zip(least, one, strict=True)))
