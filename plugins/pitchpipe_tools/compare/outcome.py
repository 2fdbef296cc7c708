"""What the votes say: who wins and how surely, how strong each model is, and whether raters agree."""

from collections.abc import Iterable, Mapping
from statistics import median

from msgspec import Struct, field

from pitchpipe.host.scoring import Score
from pitchpipe_tools.compare.duels import Duel
from pitchpipe_tools.compare.pairs import PairOutcome, pairs_of
from pitchpipe_tools.compare.raters import agreement_of, steadiness_of
from pitchpipe_tools.compare.standings import categories_of, ratings_of, strengths_of
from pitchpipe_tools.compare.vote import Vote


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
    once = first_votes(given, duels)
    models = list(dict.fromkeys(model for duel in duels.values() for model in duel.models))
    return VoteOutcome(
        votes=len(decided),
        skipped=len(known) - len(decided),
        raters=len({vote.rater for vote, _ in decided}),
        pairs=pairs_of(once, duels),
        strengths=strengths_of(once, models) if len(models) > 2 and once else {},
        ratings=ratings_of(once),
        categories=categories_of(once) if len(models) == 2 else {},
        agreement=agreement_of(once) | steadiness_of(decided),
        seconds=median(vote.seconds for vote, _ in decided) if decided else None,
        stale=len(given) - len(known),
    )


def first_votes(votes: Iterable[Vote], duels: Mapping[str, Duel]) -> list[tuple[Vote, Duel]]:
    """Those that decide who wins: no skips, and nothing that a rater was shown again."""
    known = ((vote, duels[vote.duel]) for vote in votes if vote.duel in duels and not vote.again)
    return [(vote, duel) for vote, duel in known if vote.points is not None]
