"""How far raters can be trusted: whether they agree with each other and with themselves."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from pitchpipe.host.scoring import Measured, Score
from pitchpipe_stages.evaluate.intervals import score_of
from pitchpipe_tools.compare import agreement
from pitchpipe_tools.compare.drawn_again import scores_over
from pitchpipe_tools.compare.standings import Votes


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
    beyond = {"Cohen's kappa": agreement.kappa} if two else {"Krippendorff's alpha": agreement.alpha}
    flat = {id: table.tolist() for id, table in tables.items()}
    found = {name: scores_over(flat, function)[0] for name, function in beyond.items()}
    for name, counted in (
        ("raters say the same", agreement.same),
        ("the same, ties left out", agreement.same_side),
    ):
        found[name] = score_of(Measured({id: counted(one) for id, one in tables.items()}, is_share=True))
    return found


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
