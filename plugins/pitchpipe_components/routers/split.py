"""The router `split`: an experiment that gives each user one of several upstreams, and tests them."""

from collections.abc import Sequence
from hashlib import blake2b
from math import inf, isclose
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.routers.anytime import p_value
from pitchpipe_components.routers.experiment import Experiment, Sent
from pitchpipe_components.routers.outcome import judge_of, of_feedback, share
from pitchpipe_components.routers.split_panel import panel

FILE = "ab.sqlite"
HELP = "the least p-value of all looks, valid whenever it is looked at"


class SplitRouter:
    """Give each user one upstream, by shares, and test which does better: valid whenever it is looked at."""

    def __init__(
        self,
        *,
        shares: Annotated[
            dict[str, float],
            pp.Meta(min_length=2, description="upstreams, the one to beat first: {champion: 0.9, new: 0.1}"),
        ],
        outcome: Annotated[
            str | dict[str, Any],
            pp.Meta(description="what is counted: rating, ended, json, or {matches: PATTERN}"),
        ] = "rating",
        effect: Annotated[
            float, pp.Meta(gt=0, lt=1, description="a difference that would matter, as 0.1 of rates")
        ] = 0.1,
        alpha: Annotated[
            float, pp.Meta(gt=0, lt=1, description="the share of experiments that may find a false winner")
        ] = 0.05,
        stand_in: Annotated[
            list[str] | None,
            pp.Meta(description="who answers where the chosen one fails, uncounted; left out: the others"),
        ] = None,
        salt: Annotated[str, pp.Meta(description="another one gives users anew, and counts anew")] = "",
    ):
        self.shares, self.effect, self.salt = _sound(shares), effect, salt
        self.alpha = alpha / (len(shares) - 1)  # of each comparison: all are with the first side
        self.stand_in = list(shares) if stand_in is None else stand_in
        self.judge = judge_of(outcome)
        self.outcome = outcome
        self.experiment: Experiment | None = None
        self._service: pp.Service | None = None
        self._lonely = 0  # requests of nobody's

    @property
    def choices(self) -> Sequence[str]:
        return list(dict.fromkeys([*self.shares, *self.stand_in]))

    async def begin(self, service: pp.Service) -> None:
        known = repr((list(self.shares.items()), self.outcome, self.salt))
        id = blake2b(known.encode(), digest_size=8).hexdigest()
        self._service = service
        self.experiment = Experiment(service.folder / FILE, id, tuple(self.shares))
        if count := sum(tally.count for tally in self.experiment.tallies.values()):
            service.say(f"the experiment goes on with {count:,} outcomes, {service.folder / FILE}")
        elif self.experiment.others:
            service.say("a new experiment: its shares, outcome or salt are not those of the last one")

    async def close(self) -> None:
        if self.experiment:
            self.experiment.close()

    def __call__(self, request: pp.Request) -> Sequence[str]:
        whose = request.user or request.id
        self._lonely += not request.user
        digest = blake2b(f"{self.salt}\0{whose}".encode("utf-8", "replace"), digest_size=8)
        side = self._side(int.from_bytes(digest.digest()) / 2**64)
        if self.experiment:
            self.experiment.send(request.id, Sent(side, digest.hexdigest()))
        return [side, *(name for name in self.stand_in if name != side)]

    def answered(self, request: pp.Request, answers: Sequence[pp.Said]) -> None:
        """Counts an answer of the side that it was sent to; one that stood in says nothing of that side."""
        if not self.experiment or not answers:
            return
        if answers[0].by != request.upstreams[0]:
            return self.experiment.forget(request.id)
        if self.experiment.answered(request.id) and self.judge:
            self._count(request.id, share(answers, self.judge))

    async def heard(self, feedback: pp.Feedback) -> bool:
        value = of_feedback(feedback)
        if not self.experiment or self.judge or value is None:
            return False
        return self._count(feedback.id, value)

    def panels(self) -> Sequence[pp.Panel]:
        if not self.experiment:
            return []
        return [panel(self.experiment, self.shares, self.outcome, self.effect, self.alpha, self._lonely)]

    def _side(self, place: float) -> str:
        """The side at a place between 0 and 1."""
        below = 0.0
        for name, part in self.shares.items():
            below += part
            if place < below:
                return name
        return list(self.shares)[-1]

    def _count(self, answer: str, value: float) -> bool:
        """An outcome, and a look at what it says."""
        assert self.experiment and self._service
        if not (side := self.experiment.outcome(answer, value)):
            return False
        self._service.count("ab_outcomes", "outcomes of the experiment", side=side)
        champion, *others = self.shares
        for other in others if side == champion else [side]:
            self._look(champion, other)
        return True

    def _look(self, champion: str, other: str) -> None:
        assert self.experiment and self._service
        first, second = self.experiment.tallies[champion], self.experiment.tallies[other]
        least = self.experiment.least(other, p_value(first, second, self.effect))
        self._service.gauge("ab_p_value", HELP, least, side=other)
        if least < self.alpha and not self.experiment.winner:
            winner = other if second.mean > first.mean else champion
            self.experiment.won(winner)
            loser = champion if winner == other else other
            self._service.say(
                f"the experiment has a winner: '{winner}' does better than '{loser}' (p = {least:.2g},"
                f" {first.mean:.1%} against {second.mean:.1%}); requests are still split"
            )


def _sound(shares: dict[str, float]) -> dict[str, float]:
    for name, part in shares.items():
        if not 0 < part < inf:
            raise ValueError(f"shares: expected '{name}' to have a share above 0, got {part}")
    if not isclose(total := sum(shares.values()), 1, abs_tol=1e-6):
        raise ValueError(f"shares: they sum to {total:g}, and should sum to 1")
    return shares
