"""Learns from replies that the model tries out: those that rewards like better get likelier."""

from math import inf, log
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import EXAMPLES, PLACES, ROWS, TRIED, Batch, without_numbers
from pitchpipe_components.trainers.loss.path import Losses
from pitchpipe_components.trainers.loss.policy import WholeStep, shares, token_losses
from pitchpipe_components.trainers.objectives.again import Again
from pitchpipe_components.trainers.objectives.began import Began
from pitchpipe_components.trainers.objectives.objective import BatchLoss
from pitchpipe_components.trainers.objectives.signal import Signal
from pitchpipe_components.trainers.objectives.tried import Rounds
from pitchpipe_components.trainers.tally import Noted, Notes

if TYPE_CHECKING:
    from pitchpipe_components.trainers.grpo import Grpo
    from pitchpipe_components.trainers.learner import Learner

OF_REPLIES = ("reward", "reply_tokens", "reply_ends")


class Policy:
    """Makes the batches of a step out of prompts, and says what their loss is."""

    guess, still = inf, True
    stands = True  # all replies may be worth the same

    def __init__(self, options: "Grpo"):
        self.options, self._kept = options, list[Batch]()

    def attach(self, learner: "Learner") -> None:
        self.learner, training = learner, learner.training
        temperature = self.options.temperature
        self.losses = Losses(
            learner.model, 0.0, learner.aux_weight(), learner.spread, apart=True, temperature=temperature
        )

        def gathered(values: Tensor) -> Tensor:
            return learner.accelerator.gather(values.to(learner.accelerator.device)).cpu()

        place = learner.args.process_index, learner.args.world_size
        self.rounds = Rounds(self.options, training, place, learner.numbered, gathered)
        self.notes = (
            "loss",
            *OF_REPLIES,
            "reward_spread",
            "reward_alike",
            "kl",
            "reply_clipped",
            *_named(training),
        )
        self.signal = Signal(training.console)
        # Before a checkpoint is read: the model as it began.
        self.began = Began(training.model) if self.options.beta else None

    def begin(self, learner: "Learner", tick: Any) -> None:
        """It needs nothing."""

    def tell(self, console: pp.Console) -> None:
        self.losses.tell(console)

    # --- The batches of a step --------------------------------------------------------------------

    def order(self, sampler: Any, at_once: int) -> Any:
        """The prompts of a step come again for each update with its replies."""
        return sampler if self.options.updates == 1 else Again(sampler, at_once, self.options.updates)

    def made(self, prompts: list[Batch], step: int) -> list[Batch]:
        """The replies to the prompts of a step: new ones, or those of the step before, which are not there
        where training goes on from within a round."""
        if step % self.options.updates == 0 or not self._kept:
            self._kept = self._new(prompts, step)
        return self._kept

    def _new(self, prompts: list[Batch], step: int) -> list[Batch]:
        learner, options = self.learner, self.options
        model = learner.accelerator.unwrap_model(learner.model)
        with learner.accelerator.autocast():
            batches, tried = self.rounds.of(model, prompts, step)
        self.signal.saw(torch.cat([batch[TRIED]["spread"] for batch in batches]))
        due = step == 0 or (step + 1) % options.log_every == 0
        if options.samples and due and learner.is_world_process_zero():
            learner.training.show(step + 1, tried[: options.samples])
        for batch in batches:
            if options.updates > 1:
                batch[TRIED]["old"] = self._log_probabilities(model, batch)
            if self.began:
                with self.began.again():
                    batch[TRIED]["reference"] = self._log_probabilities(model, batch)
        return batches

    def _log_probabilities(self, model: Any, batch: Batch) -> Tensor:
        """Of the learned tokens of a batch, without gradients."""
        inputs = self.learner._prepare_inputs(batch)
        with torch.no_grad(), self.learner.accelerator.autocast():
            return -self.losses(model, without_numbers(inputs), inputs[PLACES]).each.cpu()

    def made_up(self, prompts: Batch) -> Batch:
        """A batch of replies as long as they may become, for a rehearsal."""
        batch = self.rounds.made_up(prompts[EXAMPLES].tolist())
        if self.began:
            guessing = -log(len(self.learner.training.tokenizer))
            batch[TRIED]["reference"] = torch.full((len(batch[PLACES]),), guessing)
        return batch

    # --- The loss ---------------------------------------------------------------------------------

    def whole(self, batches: list[Batch], training: bool) -> WholeStep:
        """Replies, tokens and batches of a step, in all processes."""
        if not training:
            return WholeStep(0, 0, 0)
        replies = sum(len(batch[EXAMPLES]) for batch in batches)
        tokens = sum(float(self._counts(batch).sum()) for batch in batches)
        return WholeStep(*self.learner.added_up(replies, tokens, len(batches)))

    def __call__(self, model: Any, batch: Batch, whole: WholeStep) -> BatchLoss:
        if not model.training:
            return self._examined(model, batch)
        options, tried, rows = self.options, batch[TRIED], batch[ROWS]
        found = self.losses(model, without_numbers(batch), batch[PLACES])
        now = -found.each
        old, reference = tried.get("old"), tried.get("reference")
        tokens = token_losses(
            now, now.detach() if old is None else old, reference, tried["advantages"][rows],
            options.beta, options.clip, options.clip_high or options.clip,
        )  # fmt: skip
        counts = self._counts(batch)
        each = tokens.losses * shares(options.loss, rows, counts, whole, options.max_new_tokens)
        notes = self._notes(batch) | {"loss": Noted(tokens.losses, batch[EXAMPLES][rows])}
        for name, values in (("kl", tokens.kl), ("reply_clipped", tokens.clipped.float())):
            if values is not None and (name == "kl" or old is not None):
                notes[name] = Noted(values, batch[EXAMPLES][rows])
        return BatchLoss(each.sum(), notes, len(now), found.aux_loss)

    def _counts(self, batch: Batch) -> Tensor:
        """1 for each token that is learned; 0 in replies without an end, where these are left out."""
        ended = batch[TRIED]["ended"][batch[ROWS]]
        return (ended if self.options.skip_unended else torch.ones_like(ended)).float()

    def _notes(self, batch: Batch) -> Notes:
        tried, examples, prompts = batch[TRIED], batch[EXAMPLES], batch[TRIED]["prompts"]
        notes = {
            "reward": Noted(tried["rewards"], examples),
            "reply_tokens": Noted(tried["tokens"], examples),
            "reply_ends": Noted(tried["ended"].float(), examples),
            "reward_spread": Noted(tried["spread"], prompts),
            "reward_alike": Noted((tried["spread"] == 0).float(), prompts),
        }
        by_name = {f"reward {name}": values for name, values in tried["by name"].items()}
        return notes | {name: Noted(by_name[name], examples) for name in self.notes if name in by_name}

    def _examined(self, model: Any, batch: Batch) -> BatchLoss:
        """The likeliest reply to each prompt of validation, and what rewards say of it."""
        model = self.learner.accelerator.unwrap_model(model)
        tried = self.rounds.likeliest(model, batch[EXAMPLES].tolist())
        notes = self._notes(tried) | {"loss": Noted(-tried[TRIED]["rewards"], tried[EXAMPLES])}
        for name in ("reward_spread", "reward_alike"):
            del notes[name]
        return BatchLoss(-tried[TRIED]["rewards"].mean(), notes, 0)

    def told(self, means: dict[str, float]) -> dict[str, float]:
        return means


def _named(training: pp.Training) -> list[str]:
    """What is noted of each reward; of a single one the sum says it all."""
    return [f"reward {name}" for name in training.rewards] if len(training.rewards) > 1 else []
