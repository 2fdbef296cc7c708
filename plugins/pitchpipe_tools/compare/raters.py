"""How far raters can be trusted: whether they agree with each other and with themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from pitchpipe.host.scoring import Measured, Score
from pitchpipe_stages.evaluate.intervals import score_of
from pitchpipe_tools.compare import agreement
from pitchpipe_tools.compare.standings import Votes, unless_few

Function = Callable[[Any], Any]


def agreement_of(votes: Votes) -> dict[str, Score]:
    """Cohen's kappa of two raters, Krippendorff's alpha of more, over the duels that several have rated."""
    said = defaultdict[str, dict[int, float]](dict)
    question = {}
    for vote, duel in votes:
        said[vote.duel][vote.rater] = vote.points or 0.0
        question[vote.duel] = duel.question.id
    shared = {key: of for key, of in said.items() if len(of) > 1}
    raters = sorted({rater for of in shared.values() for rater in of})
    if not shared:
        return {}
    two = len(raters) == 2
    tables = defaultdict[str, Any](lambda: np.zeros(agreement.MANY**2))
    for key, of in shared.items():
        values = [of[rater] for rater in raters if rater in of]
        one = agreement.pairs_of_two(values[:1], values[1:]) if two else agreement.coincidences(values)
        tables[question[key]] += one
    names: dict[str, tuple[Function, bool]] = {
        "Cohen's kappa" if two else "Krippendorff's alpha": (
            agreement.kappa if two else agreement.alpha,
            False,
        ),
        "raters say the same": (agreement.observed, True),
        "the same, ties left out": (agreement.observed_of_sides, True),
    }
    items = {id: table.tolist() for id, table in tables.items()}
    return {
        name: unless_few(score_of(Measured(items, function, is_share=share)))
        for name, (function, share) in names.items()
    }


def steadiness_of(votes: Votes) -> dict[str, Score]:
    """Whether raters say the same again with sides swapped, and how often they choose the left side."""
    found = {}
    first = {(vote.rater, vote.duel): vote for vote, _ in votes if not vote.again}
    both = [
        (first[vote.rater, vote.duel], vote)
        for vote, _ in votes
        if vote.again and (vote.rater, vote.duel) in first
    ]
    if both:
        found["a rater says the same again"] = _share(one.points == again.points for one, again in both)
    sides = [vote.verdict == vote.left for vote, _ in votes if vote.verdict in ("first", "second")]
    if sides:
        found["the left side is chosen"] = _share(sides)
    return found


def _share(hits: Iterable[bool]) -> Score:
    values = list(hits)
    return Score.share(sum(values), len(values))
