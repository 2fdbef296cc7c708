"""What the votes say: who wins and how surely, how strong each model is, and whether raters agree."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import ceil
from statistics import median

from msgspec import Struct, field

from pitchpipe.host.scoring import Score
from pitchpipe_tools.compare.duels import Duel
from pitchpipe_tools.compare.raters import agreement_of, steadiness_of
from pitchpipe_tools.compare.standings import (
    Votes,
    categories_of,
    points_of,
    rate_of,
    ratings_of,
    strengths_of,
)
from pitchpipe_tools.compare.vote import Vote

FEW = 10  # questions with votes, below which nothing is foretold
FAR = 10_000  # questions that nobody asks


class PairOutcome(Struct):
    """Two models: how often the first wins, a tie being half a win."""

    first: str
    second: str
    rate: Score
    verdicts: dict[str, int]  # how many votes were given for each
    much: int = 0  # of the wins, those that were called much better
    questions: int = 0  # that can be rated
    needed: int | None = None  # questions that decide; 0: it is decided; None: nobody can say

    @property
    def better(self) -> str:
        """The model that wins more often than chance explains."""
        if self.needed != 0 or self.rate.value is None:
            return ""
        return self.first if self.rate.value > 0.5 else self.second

    @property
    def more(self) -> int | None:
        """About how many votes decide, if they fall as those before; None where the questions are too few."""
        if self.needed is None or self.needed > self.questions:
            return None
        a_question = sum(self.verdicts.values()) / max(1, self.rate.count)
        return ceil(max(0, self.needed - self.rate.count) * a_question)


class VoteOutcome(Struct):
    """All of it."""

    votes: int
    skipped: int
    raters: int
    pairs: list[PairOutcome] = field(default_factory=list)
    strengths: dict[str, Score] = field(default_factory=dict)
    ratings: dict[str, dict[str, Score]] = field(default_factory=dict)  # criterion, model
    categories: dict[str, Score] = field(default_factory=dict)  # of two models: how often the first wins
    agreement: dict[str, Score] = field(default_factory=dict)
    seconds: float | None = None  # for a vote, the median
    stale: int = 0  # votes on replies that the runs no longer give


def outcome_of(votes: Iterable[Vote], duels: Mapping[str, Duel]) -> VoteOutcome:
    """What the votes say of these duels; votes on others are counted apart."""
    given = list(votes)
    known = [(vote, duels[vote.duel]) for vote in given if vote.duel in duels]
    decided = [(vote, duel) for vote, duel in known if vote.points is not None]
    once = [(vote, duel) for vote, duel in decided if not vote.again]
    models = list(dict.fromkeys(model for duel in duels.values() for model in duel.models))
    in_all = Counter(duel.models for duel in duels.values())
    pairs = [_pair(*both, once, in_all[both]) for both in _pairs_in(once, models)]
    return VoteOutcome(
        votes=len(decided),
        skipped=len(known) - len(decided),
        raters=len({vote.rater for vote, _ in decided}),
        pairs=pairs,
        strengths=strengths_of(once, models) if len(models) > 2 and once else {},
        ratings=ratings_of(once),
        categories=categories_of(once) if len(models) == 2 else {},
        agreement=agreement_of(once) | steadiness_of(decided),
        seconds=median(vote.seconds for vote, _ in decided) if decided else None,
        stale=len(given) - len(known),
    )


def in_words(outcome: VoteOutcome) -> str:
    """How many votes decide, for raters: without a model's name."""
    wanted = [pair.more for pair in outcome.pairs]
    if not wanted or outcome.votes < FEW or None in wanted:
        return ""
    most = max(more for more in wanted if more is not None)
    if most == 0:
        return "The votes so far decide it. More make it surer."
    return f"About {most:,} more votes decide, if they fall as those before."


def _pairs_in(votes: Votes, models: list[str]) -> list[tuple[str, str]]:
    seen = {duel.models for _, duel in votes}
    return [pair for pair in combinations(models, 2) if pair in seen]


def _pair(first: str, second: str, votes: Votes, questions: int) -> PairOutcome:
    ours = [(vote, duel) for vote, duel in votes if duel.models == (first, second)]
    verdicts = {
        name: sum(v.verdict == name for v, _ in ours) for name in ("first", "second", "tie", "both_bad")
    }
    rate = rate_of(points_of(ours))
    much = sum(vote.strength == 2 for vote, _ in ours)
    return PairOutcome(first, second, rate, verdicts, much, questions, _needed(rate))


def _needed(rate: Score) -> int | None:
    """How many questions put a half outside the interval, which shrinks as the root of their number."""
    if rate.value is None or rate.low is None or rate.high is None or rate.count < FEW:
        return None
    if not rate.low <= 0.5 <= rate.high:
        return 0
    lead = abs(rate.value - 0.5)
    reach = rate.value - rate.low if rate.value > 0.5 else rate.high - rate.value
    needed = ceil(rate.count * (reach / lead) ** 2) if lead else FAR + 1
    return max(rate.count + 1, needed) if needed <= FAR else None
