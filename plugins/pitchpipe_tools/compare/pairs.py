"""Two models: who wins, how surely, and how many votes would decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import ceil

from msgspec import Struct

from pitchpipe.host.scoring import Score
from pitchpipe_tools.compare.duels import Duel
from pitchpipe_tools.compare.standings import Votes, points_of, rate_of

FEW = 10  # questions with votes, below which nothing is foretold
FAR = 10_000  # questions that nobody asks


class PairOutcome(Struct):
    """Two models: how often the first wins, a tie being half a win."""

    first: str
    second: str
    rate: Score
    verdicts: dict[str, int]  # how many votes were given for each
    much: dict[str, int]  # of the wins, those that were called much better
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


def pairs_of(votes: Votes, duels: Mapping[str, Duel]) -> list[PairOutcome]:
    """All pairs of models that have votes."""
    models = list(dict.fromkeys(model for duel in duels.values() for model in duel.models))
    in_all, rated = Counter(duel.models for duel in duels.values()), {duel.models for _, duel in votes}
    return [_pair(*both, votes, in_all[both]) for both in combinations(models, 2) if both in rated]


def in_words(pairs: Sequence[PairOutcome]) -> str:
    """How many votes decide, for raters: without a model's name."""
    wanted = [pair.more for pair in pairs]
    if not wanted or None in wanted:
        return ""
    most = max(more for more in wanted if more is not None)
    if most == 0:
        return "The votes so far decide it. More make it surer."
    return f"About {most:,} more votes decide, if they fall as those before."


def _pair(first: str, second: str, votes: Votes, questions: int) -> PairOutcome:
    ours = [(vote, duel) for vote, duel in votes if duel.models == (first, second)]
    verdicts = {
        name: sum(v.verdict == name for v, _ in ours) for name in ("first", "second", "tie", "both_bad")
    }
    rate = rate_of(points_of(ours))
    much = {side: sum(v.verdict == side and v.strength == 2 for v, _ in ours) for side in ("first", "second")}
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
