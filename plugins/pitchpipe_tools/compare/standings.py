"""How the models stand: rates of wins, strengths, ratings. Each question counts once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from pitchpipe.host.scoring import Measured, Score
from pitchpipe_stages.evaluate.intervals import score_of
from pitchpipe_tools.compare.drawn_again import scores_over
from pitchpipe_tools.compare.duels import Duel
from pitchpipe_tools.compare.strengths import strengths
from pitchpipe_tools.compare.vote import CRITERIA, Vote

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS, MIDDLE = 400 / np.log(10), 1000  # Elo's scale: 400 points more win ten times of eleven

Votes = Sequence[tuple[Vote, Duel]]


def rate_of(points: Mapping[str, float]) -> Score:
    """The mean of questions, which have from 0 to 1 points each."""
    return score_of(Measured.shares(points))


def points_of(votes: Votes) -> dict[str, float]:
    """The mean of a question's votes."""
    of_each = defaultdict[str, list[float]](list)
    for vote, duel in votes:
        of_each[duel.question.id].append(vote.points or 0.0)
    return {id: sum(values) / len(values) for id, values in of_each.items()}


def strengths_of(votes: Votes, models: list[str]) -> dict[str, Score]:
    """On Elo's scale, where the mean is 1000; intervals by drawing questions."""
    place, many = {model: at for at, model in enumerate(models)}, len(models)
    wins = defaultdict[str, "NDArray[np.float64]"](lambda: np.zeros((many, many)))
    times = defaultdict[str, int](int)
    for vote, _ in votes:
        times[vote.duel] += 1
    for vote, duel in votes:
        first, second = (place[model] for model in duel.models)
        points = vote.points or 0.0
        wins[duel.question.id][first, second] += points / times[vote.duel]
        wins[duel.question.id][second, first] += (1 - points) / times[vote.duel]
    flat = {id: table.ravel().tolist() for id, table in wins.items()}
    return dict(zip(models, scores_over(flat, partial(_elo, many)), strict=True))


def _elo(many: int, sums: Any) -> Any:
    flat = np.asarray(sums, np.float64)
    return MIDDLE + POINTS * strengths(flat.reshape(*flat.shape[:-1], many, many))


def ratings_of(votes: Votes) -> dict[str, dict[str, Score]]:
    """The mean rating of each model, by criterion."""
    given = defaultdict[tuple[str, str], dict[str, list[int]]](lambda: defaultdict(list))
    for vote, duel in votes:
        for side, ratings in vote.ratings.items():
            for criterion, value in ratings.items():
                given[criterion, getattr(duel, side).model][duel.question.id].append(value)
    found: dict[str, dict[str, Score]] = {}
    for criterion in CRITERIA:
        for (name, model), of_each in given.items():
            if name == criterion:
                means = {id: sum(values) / len(values) for id, values in of_each.items()}
                found.setdefault(criterion, {})[model] = _within_reach(score_of(Measured.means(means)))
    return found


def _within_reach(score: Score) -> Score:
    """No rating lies outside 1 and 5."""
    low, high = score.low, score.high
    return score if low is None or high is None else replace(score, low=max(1.0, low), high=min(5.0, high))


def categories_of(votes: Votes) -> dict[str, Score]:
    names = list(dict.fromkeys(duel.question.category for _, duel in votes))
    if len(names) < 2:
        return {}
    return {
        name or "(none)": rate_of(points_of([one for one in votes if one[1].question.category == name]))
        for name in sorted(names)
    }
