"""What is left to ask, and its price: what the record lacks now, and what follows from the replies.

The first part is counted: the generators work on the record alone, and their next questions are known. The
rest is an estimate, by what the drafts and sources on record took, or by a generator's own statement. Where
there is neither, it is said that more may follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.making.expected import expected_of
from pitchpipe_tools.generate.forecast import FEWEST, Between, Took, Tried, forecast
from pitchpipe_tools.generate.sampled import Sampled
from pitchpipe_tools.generate.sizes import QuestionSizes

Basis = Literal["counted", "measured", "stated", "least"]
BASES: tuple[Basis, ...] = ("counted", "measured", "stated", "least")  # the best first
STRAYS = 2.0  # a statement may be wrong by this factor


@dataclass(frozen=True)
class LeftToAsk:
    """What a generator has left to ask."""

    label: str
    known: int  # questions on record
    next: int  # questions that come next
    left: Between  # what is left, these included; its rows are those of the whole
    basis: Basis


def plan(uses: Sequence[Use], teachers: Sequence[Use], sampled: Sampled) -> list[LeftToAsk]:
    """For each generator, in the recipe's order. What stands on an estimate is no better than that."""
    found: list[tuple[Tried, Basis, Basis]] = []
    before: Basis = "counted"
    lengths = [QuestionSizes(use, teachers, sampled) for use in uses]
    for use, of in zip(uses, lengths, strict=True):
        before = "counted" if use.shared.get("seeds") else before
        tried, own = _tried(use, of, sampled.tried(use.label), open_before=before != "counted")
        before = max(before, own, key=BASES.index)
        found.append((tried, own, before))
    whole = forecast([tried for tried, *_ in found])
    return [
        _planned(use.label, of, whole[use.label], own, carried)
        for use, of, (_, own, carried) in zip(uses, lengths, found, strict=True)
    ]


def _tried(use: Use, lengths: QuestionSizes, one: Tried, open_before: bool) -> tuple[Tried, Basis]:
    """What an estimate stands on. A generator is through where nothing is left to it."""
    said = expected_of(use)
    if not lengths.next and not open_before:
        return replace(one, complete=True), "counted"
    if len(one.sources) >= FEWEST and (one.wanted is None or len(one.drafts) >= FEWEST):
        return one, "measured"
    if "source" in said and (one.wanted is None or "draft" in said):
        drafts = [lengths.stated(said["draft"])] if "draft" in said else []
        return replace(one, drafts=drafts, sources=[lengths.stated(said["source"])]), "stated"
    return replace(one, complete=True), "least"


def _planned(label: str, lengths: QuestionSizes, whole: Between, own: Basis, carried: Basis) -> LeftToAsk:
    least, most = lengths.of_next(0.0), lengths.of_next(1.0)
    if own in ("counted", "least"):
        ends = (lengths.of_next(0.5), least, most)
        left = Between(*(one._replace(rows=whole.middle.rows) for one in ends))
    else:
        known, factor = lengths.of_known(), STRAYS if carried == "stated" else 1.0
        left = Between(
            _at_least(least, _less(whole.middle, known)),
            _at_least(least, _less(whole.low.times(1 / factor), known)),
            _at_least(least, _less(whole.high.times(factor), known)),
        )
    return LeftToAsk(label, len(lengths.known), len(lengths.next), left, carried)


def _less(one: Took, known: Took) -> Took:
    return Took(*(max(0.0, a - b) for a, b in zip(one, known, strict=True)))


def _at_least(least: Took, one: Took) -> Took:
    return Took(*(max(a, b) for a, b in zip(least, one, strict=True)))
