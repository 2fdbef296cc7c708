"""Learns replies that were judged good or bad (KTO, arXiv 2402.01306), relative to the model as it began.

What a reply gains is measured against what replies to other prompts gain, which tells how far the model has
moved as a whole (`kl`). TRL takes them from the same batch. Here each example keeps one other reply, so
that the estimate is that of the whole step, however it is cut, and a run that goes on repeats it.
"""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import (
    BETTER,
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
from pitchpipe_components.trainers.objectives.mismatched import Mismatched
from pitchpipe_components.trainers.objectives.objective import BatchLoss
from pitchpipe_components.trainers.objectives.reference import Reference, Side
from pitchpipe_components.trainers.objectives.said import LogProbabilities
from pitchpipe_components.trainers.objectives.sides import of_training, side
from pitchpipe_components.trainers.tally import Noted, Notes

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner

OTHER = "{} beside other prompts"  # the table of a side's replies to other prompts


@dataclass(frozen=True)
class JudgedStep:
    """What a step holds, in all processes."""

    replies: float
    kl: float


class JudgedObjective:
    """Good replies become likelier, bad ones less likely."""

    notes: tuple[str, ...] = (
        "loss", "kl", "reply_loss", "reward_chosen", "reward_rejected", "reward_accuracy",
    )  # fmt: skip
    still, stands, guess = True, False, inf

    def __init__(self, beta: float, good: float = 1.0, bad: float = 1.0, relative: bool = True):
        """What good and bad replies count. `relative`: to what replies to other prompts gain."""
        self.beta, self.good, self.bad, self.relative = beta, good, bad, relative
        self.reference = Reference()

    def attach(self, learner: "Learner") -> None:
        self.losses = Losses(learner.model, 0.0, learner.aux_weight(), learner.spread, apart=True)
        training, seed, self.learner = learner.training, learner.args.seed, learner
        sides = {"train": training.train, "validation": training.validation}
        self.others = {name: Mismatched(examples, seed) for name, examples in sides.items()}

    def begin(self, learner: "Learner", tick: Any) -> None:
        def sides() -> dict[str, Side]:
            found = of_training(learner, self._said)
            for name in list(found) if self.relative else ():
                other = self.others[name]
                found[OTHER.format(name)] = side(learner, list(range(len(other))), other, self._said)
            return found

        self.reference.begin(learner, sides, tick)

    def tell(self, console: pp.Console) -> None:
        self.losses.tell(console)

    def whole(self, batches: list[Batch], training: bool) -> JudgedStep:
        count = sum(len(batch[BETTER]) + len(batch[WORSE]) for batch in batches)
        gained = sum(self._gained(batch, training) for batch in batches) if self.relative else 0.0
        replies, gained = self.learner.added_up(float(count), gained)
        return JudgedStep(replies, max(0.0, gained / max(replies, 1)))

    def __call__(self, model: Any, batch: Batch, whole: JudgedStep) -> BatchLoss:
        found = self._found(model, batch)
        said = LogProbabilities.of(found.each, batch)
        ratios = said.sums - self.reference.of(_side(model.training), batch, said.sums)
        good, bad = ratios[batch[BETTER]], ratios[batch[WORSE]]
        each_good = self.good * torch.sigmoid(self.beta * (whole.kl - good))
        each_bad = self.bad * torch.sigmoid(self.beta * (bad - whole.kl))
        loss = (each_good.sum() + each_bad.sum()) / max(whole.replies, 1)
        notes = self._notes(batch, torch.cat([each_good, each_bad]), good, bad)
        if self.relative:
            notes["kl"] = Noted(loss.new_tensor([whole.kl]), None)
        notes["reply_loss"] = Noted(found.each[batch[TAUGHT]], batch[OWNERS][batch[TAUGHT]])
        return BatchLoss(loss, notes, len(batch[PLACES]), found.aux_loss)

    def told(self, means: dict[str, float]) -> dict[str, float]:
        if {"reward_chosen", "reward_rejected"} <= means.keys():
            means["reward_margin"] = means["reward_chosen"] - means["reward_rejected"]
        return means

    def _found(self, model: Any, batch: Batch) -> Learned:
        return self.losses(model, without_numbers(batch), batch[PLACES])

    def _said(self, model: Any, batch: Batch) -> LogProbabilities:
        return LogProbabilities.of(self._found(model, batch).each, batch)

    def _gained(self, batch: Batch, training: bool) -> float:
        """The sum of what the replies to other prompts have gained, of the examples of a batch."""
        name = _side(training)
        other, rows = self.others[name], torch.cat([batch[BETTER], batch[WORSE]])
        entries = [other[number] for number in batch[EXAMPLES][rows].tolist()] or [other.silent()]
        made = self.learner._prepare_inputs(cast(Any, self.learner.data_collator)(entries))
        with torch.no_grad(), self.learner.compute_loss_context_manager():
            said = self._said(self.learner.model_wrapped, made)
        return float((said.sums - self.reference.of(OTHER.format(name), made, said.sums)).sum())

    def _notes(self, batch: Batch, each: Tensor, good: Tensor, bad: Tensor) -> Notes:
        numbers = batch[EXAMPLES]
        of_good, of_bad = numbers[batch[BETTER]], numbers[batch[WORSE]]
        right = torch.cat([good > 0, bad < 0]).float()
        of_all = torch.cat([of_good, of_bad])
        return {
            "loss": Noted(each, of_all),
            "reward_chosen": Noted(self.beta * good, of_good),
            "reward_rejected": Noted(self.beta * bad, of_bad),
            "reward_accuracy": Noted(right, of_all),
        }


def _side(training: bool) -> str:
    return "train" if training else "validation"
