"""Learns replies: the loss of a step is the mean over the learned tokens of all its batches."""

from math import log
from typing import TYPE_CHECKING, Any

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import OWNERS, PLACES, Batch, without_numbers
from pitchpipe_components.trainers.loss.path import Losses
from pitchpipe_components.trainers.objectives.objective import BatchLoss
from pitchpipe_components.trainers.tally import Noted

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner


class ReplyObjective:
    """The likelihood of replies, token by token."""

    notes: tuple[str, ...] = ("loss",)
    still = stands = False

    def __init__(self, smoothing: float = 0.0):
        self.smoothing = smoothing

    def attach(self, learner: "Learner") -> None:
        self.losses = Losses(learner.model, self.smoothing, learner.aux_weight(), learner.spread)
        vocabulary = learner.training.model.config.get_text_config().vocab_size
        self.guess, self._added_up = log(vocabulary), learner.added_up

    def begin(self, learner: "Learner", tick: Any) -> None:
        """It needs nothing."""

    def tell(self, console: pp.Console) -> None:
        self.losses.tell(console)

    def whole(self, batches: list[Batch], training: bool) -> float:
        """The learned tokens of a step, in all processes."""
        return self._added_up(float(sum(len(batch[PLACES]) for batch in batches)))[0]

    def __call__(self, model: Any, batch: Batch, whole: float) -> BatchLoss:
        places = batch[PLACES]
        found = self.losses(model, without_numbers(batch), places)
        notes = {"loss": Noted(found.each, batch.get(OWNERS))}
        return BatchLoss(found.loss / max(whole, 1), notes, len(places), found.aux_loss)

    def told(self, means: dict[str, float]) -> dict[str, float]:
        return means
