"""Learns pairs: which of two replies to a prompt is better. The loss of a step is the mean over its pairs."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import (
    EXAMPLES,
    OWNERS,
    PLACES,
    TAUGHT,
    WORSE,
    Batch,
    without_numbers,
)
from pitchpipe_components.trainers.loss.forward import Learned
from pitchpipe_components.trainers.loss.path import Losses
from pitchpipe_components.trainers.objectives.objective import BatchLoss
from pitchpipe_components.trainers.objectives.pair_losses import Compared, PairLoss, Strength
from pitchpipe_components.trainers.objectives.reference import Reference
from pitchpipe_components.trainers.objectives.said import LogProbabilities
from pitchpipe_components.trainers.objectives.sides import of_training
from pitchpipe_components.trainers.tally import Noted, Notes

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner


@dataclass(frozen=True)
class PairCounts:
    """What a step holds, in all processes."""

    pairs: float
    tokens: float  # of better replies


class PairObjective:
    """The better reply of each pair, by losses that are added up with weights."""

    notes: tuple[str, ...] = ("loss", "reply_loss", "reward_chosen", "reward_rejected", "reward_accuracy")
    still, stands, guess = True, False, inf

    def __init__(
        self,
        losses: list[tuple[PairLoss, float]],
        strength: Strength,
        replies: float = 0.0,
        refers: bool = True,
        a_token: bool = False,
        beyond: float = 1.0,
    ):
        """`replies`: what the mean loss of the better replies' tokens counts beside. `refers`: relative to
        the model as it began. `a_token`: what is logged is a mean over tokens. `beyond`: see `_said`."""
        self.of_pairs, self.strength, self.replies = losses, strength, replies
        self.refers, self.a_token, self.beyond = refers, a_token, beyond
        self.reference = Reference()

    def attach(self, learner: "Learner") -> None:
        self.losses = Losses(learner.model, 0.0, learner.aux_weight(), learner.spread, apart=True)
        self._added_up = learner.added_up

    def begin(self, learner: "Learner", tick: Any) -> None:
        if self.refers:
            self.reference.begin(learner, lambda: of_training(learner, self._said), tick)

    def tell(self, console: pp.Console) -> None:
        self.losses.tell(console)

    def whole(self, batches: list[Batch], training: bool) -> PairCounts:
        pairs = sum(len(batch[WORSE]) for batch in batches)
        tokens = sum(len(batch[TAUGHT]) for batch in batches)
        return PairCounts(*self._added_up(float(pairs), float(tokens)))

    def __call__(self, model: Any, batch: Batch, whole: PairCounts) -> BatchLoss:
        found = self._found(model, batch)
        pairs = self._compared(LogProbabilities.of(found.each, batch, self.beyond), batch, model.training)
        each, taught = self._each(pairs), found.each[batch[TAUGHT]]
        loss = each.sum() / max(whole.pairs, 1)
        if self.replies:
            loss = loss + self.replies * taught.sum() / max(whole.tokens, 1)
        notes = self._notes(each, pairs, batch[EXAMPLES][batch[WORSE]])
        notes["reply_loss"] = Noted(taught, batch[OWNERS][batch[TAUGHT]])
        return BatchLoss(loss, notes, len(batch[PLACES]), found.aux_loss)

    def told(self, means: dict[str, float]) -> dict[str, float]:
        if "loss" not in means:
            return means
        means["loss"] += self.replies * means["reply_loss"]
        return means | {"reward_margin": means["reward_chosen"] - means["reward_rejected"]}

    def _found(self, model: Any, batch: Batch) -> Learned:
        return self.losses(model, without_numbers(batch), batch[PLACES])

    def _said(self, model: Any, batch: Batch) -> LogProbabilities:
        return LogProbabilities.of(self._found(model, batch).each, batch, self.beyond)

    def _compared(self, said: LogProbabilities, batch: Batch, training: bool) -> Compared:
        worse = batch[WORSE]
        better, sums = worse - 1, said.sums
        before = sums.new_zeros(len(sums))
        if self.refers:
            before = self.reference.of("train" if training else "validation", batch, sums)
        ratios = sums - before
        return Compared(
            better=ratios[better],
            worse=ratios[worse],
            better_tokens=said.tokens[better],
            worse_tokens=said.tokens[worse],
            reference=before[better] - before[worse],
        )

    def _each(self, pairs: Compared) -> Tensor:
        """What is paid for each pair."""
        nothing = pairs.better.new_zeros(len(pairs.better))
        return sum((weight * loss(pairs, self.strength) for loss, weight in self.of_pairs), nothing)

    def _notes(self, each: Tensor, pairs: Compared, numbers: Tensor) -> Notes:
        shown = pairs.a_token() if self.a_token else pairs
        values = {
            "loss": each,
            "reward_chosen": self.strength.beta * shown.better,
            "reward_rejected": self.strength.beta * shown.worse,
            "reward_accuracy": (shown.better > shown.worse).float(),
        }
        return {name: Noted(value, numbers) for name, value in values.items()}
