"""Learns scores of replies: the better reply of each pair shall have the higher one (Bradley and Terry)."""

from math import inf
from typing import TYPE_CHECKING, Any

from torch.nn.functional import logsigmoid

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import EXAMPLES, PLACES, WORSE, Batch, without_numbers
from pitchpipe_components.trainers.objectives.objective import BatchLoss
from pitchpipe_components.trainers.tally import Noted

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner


class ScoreObjective:
    """The loss of a step is the mean over its pairs."""

    notes: tuple[str, ...] = ("loss", "reward_chosen", "reward_rejected", "reward_accuracy")
    still, stands, guess = True, False, inf

    def __init__(self, center: float):
        """`center`: what the squares of the two scores' sum count beside."""
        self.center = center

    def attach(self, learner: "Learner") -> None:
        self._added_up = learner.added_up

    def begin(self, learner: "Learner", tick: Any) -> None:
        """It needs nothing."""

    def tell(self, console: pp.Console) -> None:
        """There is nothing to say."""

    def whole(self, batches: list[Batch], training: bool) -> float:
        """The pairs of a step, in all processes."""
        return self._added_up(float(sum(len(batch[WORSE]) for batch in batches)))[0]

    def __call__(self, model: Any, batch: Batch, whole: float) -> BatchLoss:
        inputs = without_numbers(batch)
        del inputs["labels"]
        said = model(**inputs, use_cache=False).logits.squeeze(-1).float()
        worse = batch[WORSE]
        chosen, rejected = said[worse - 1], said[worse]
        each = self.center * (chosen + rejected) ** 2 - logsigmoid(chosen - rejected)
        numbers = batch[EXAMPLES][worse]
        values = {
            "loss": each,
            "reward_chosen": chosen,
            "reward_rejected": rejected,
            "reward_accuracy": (chosen > rejected).float(),
        }
        notes = {name: Noted(value, numbers) for name, value in values.items()}
        return BatchLoss(each.sum() / max(whole, 1), notes, len(batch[PLACES]))

    def told(self, means: dict[str, float]) -> dict[str, float]:
        if "loss" not in means:
            return means
        return means | {"reward_margin": means["reward_chosen"] - means["reward_rejected"]}
