"""The numbers that a judge's verdicts give: made of questions, never of verdicts."""

from collections.abc import Mapping, Sequence

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.length import length_controlled
from pitchpipe_components.evaluators.judge.outcomes import Pair, bounds

Scores = dict[str, pp.Score | pp.Measured]


def of_pairs(pairs: Sequence[Pair], how: str) -> Scores:
    """How often the one reply wins, and how far that is the judge's own taste for length and places."""
    valid = [pair for pair in pairs if pair.valid]
    asked = [pair for pair in pairs if pair.asked]
    decided = [pair for pair in asked if pair.result != 0.5]
    opposite = sum(set(pair.games) == {0.0, 1.0} for pair in asked)
    lengths = [len(pair.one) - len(pair.other) for pair in valid]
    results = {pair.id: pair.result for pair in valid}
    scores: Scores = {
        "judge_win_rate": pp.Measured.shares(results, how=f"{how}{invalid_words(pairs)}"),
        "judge_win_rate_length_controlled": length_controlled(list(results.values()), lengths, LENGTHS),
    }
    about = {
        "judge_disagreement": _about_the_judge(
            {pair.id: (pair.disagrees, 1.0) for pair in asked},
            f"questions on which both orders disagree, which is a tie; {opposite:,} are opposite",
        ),
        "judge_invalid": _about_the_judge(
            {pair.id: (not pair.valid, 1.0) for pair in pairs if not pair.same},
            "questions without a clear verdict in both orders",
        ),
        "judge_prefers_longer": _about_the_judge(
            {pair.id: (1 - abs(pair.longer - pair.result), 1.0) for pair in decided},
            "of the questions that one reply won: the longer one, as a judge would have it who only counts",
        ),
        "judge_prefers_first": _about_the_judge(
            {pair.id: sums for pair in asked if (sums := _first(pair))[1]},
            "of the verdicts for a reply: for the one that was shown first; half is no preference",
        ),
    }
    return scores | {name: score for name, score in about.items() if score.items}


LENGTHS = "the win rate that replies of one length would have: a + b tanh(difference / deviation), at 0"


def invalid_words(pairs: Sequence[Pair]) -> str:
    """Where the win rate lies if the questions without a verdict are lost, or won."""
    if not (invalid := sum(not pair.valid for pair in pairs)):
        return ""
    low, high = bounds(pairs)
    none = f"{invalid:,} of {len(pairs):,} without a verdict"
    return f"; {none}: {100 * low:.1f} % if all of them are lost, {100 * high:.1f} % if won"


def of_ratings(ratings: dict[str, float | None], scale: int, how: str) -> Scores:
    """The mean rating."""
    valid = {id: rating for id, rating in ratings.items() if rating is not None}
    if invalid := len(ratings) - len(valid):
        low, high = ((sum(valid.values()) + invalid * one) / len(ratings) for one in (1, scale))
        how += f"; {invalid:,} of {len(ratings):,} without a rating:"
        how += f" {low:.2f} if all of them are 1, {high:.2f} if all are {scale}"
    no_verdict = {id: (rating is None, 1.0) for id, rating in ratings.items()}
    return {
        "judge_rating": pp.Measured.means(valid, how=how, least=1.0, most=float(scale)),
        "judge_rating_invalid": _about_the_judge(no_verdict, "replies without a clear rating"),
    }


def _first(pair: Pair) -> tuple[float, float]:
    """How many verdicts of a pair are for the reply that was shown first, and how many are for one."""
    sides = [verdict for verdict in pair.verdicts if verdict in ("A", "B")]
    return float(sides.count("A")), float(len(sides))


def _about_the_judge(items: Mapping[str, tuple[float, float]], how: str) -> pp.Measured:
    """A share that makes no model better or worse."""
    return pp.Measured(items, better=None, is_share=True, how=how)
