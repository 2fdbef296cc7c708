"""The dress rehearsal: what training will do, done once before the first step, and then put back.

The first batch proves that gradients flow. The largest batch, the largest of validation and one checkpoint
show that memory and disk suffice. So a run fails in its first minute or not at all.
"""

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers import Trainer
from trl import SFTTrainer

import pitchpipe as pp
from pitchpipe_components.trainers import largest
from pitchpipe_components.trainers.disk import bytes_in, must_have_room
from pitchpipe_components.trainers.estimate import Estimate, Kept
from pitchpipe_components.trainers.gradients import Gradients, must_learn
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.memory import Meter, size
from pitchpipe_components.trainers.objectives.objective import MakesBatches
from pitchpipe_components.trainers.settings import arguments
from pitchpipe_components.trainers.undisturbed import undisturbed
from pitchpipe_components.trainers.weights import trained

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

PLACE = "rehearsal"  # a folder beside the checkpoints
TRIES = 4  # batches in which each weight should get a gradient
SHOWN = 3  # rows in an error
LARGE = 4 << 30  # bytes of a checkpoint that is not written only to see whether it can be


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal has shown."""

    loss: float
    guessing: float  # the loss of a model that knows nothing; infinite where that is unknown
    gradients: Gradients
    warning: str
    estimate: Estimate
    peak: int  # bytes, weights included
    room: int  # bytes that the device has, weights included
    tokens: int  # of the largest batch
    seconds: float  # a token
    checkpoint: int  # bytes
    written: bool


def rehearse(options: "Options", training: pp.Training) -> Rehearsed:
    """Do all that training will do, with these options, and put everything back."""
    with undisturbed(training.model):
        return _Rehearsal(options, training).play()


class _Rehearsal:
    """One rehearsal, with a trainer of its own: that of the run knows nothing of it."""

    def __init__(self, options: "Options", training: pp.Training):
        self.options, self.training = options, training
        args = arguments(options, training)
        args.output_dir = str(training.checkpoints / PLACE)
        self.learner = Learner(training, args, options.objective())
        self.model: Any = self.learner.model
        self.batches = self.learner.batches
        self.lengths = training.train.lengths().tolist()

    def play(self) -> Rehearsed:
        model = self.model
        self._checkpoint_activations()
        meter, kept = Meter(self.learner.accelerator.device), Kept(model)
        with self.learner.accelerator.autocast():
            loss, gradients, warning, tokens = self._first(kept)
            self._step()
            widest = self._batch(largest.largest(self.batches, self.lengths, self.options.batch_size))
            count = _tokens(widest)
            estimate = Estimate.of(model, self.learner.optimizer, kept, count / tokens)
            _must_fit(estimate, meter)
            began = time.monotonic()
            passes = min(self.options.accumulate, 2)  # from the second on, gradients lie there while it runs
            for _ in range(passes):
                self._train(dict(widest))
            seconds = (time.monotonic() - began) / passes / count
            self._step()
            self._validation()
        peak, (saved, written) = estimate.weights + meter.more(), self._save(estimate)
        return Rehearsed(
            loss=loss,
            guessing=self.learner.objective.guess,
            gradients=gradients,
            warning=warning,
            estimate=estimate,
            peak=peak,
            room=estimate.weights + meter.free,
            tokens=count,
            seconds=seconds,
            checkpoint=saved,
            written=written,
        )

    def _first(self, kept: Kept) -> tuple[float, Gradients, str, int]:
        """The proof by gradients, on the first batch or, where some weight is not reached, the first few."""
        entries = largest.first(self.batches, self.options.batch_size, TRIES)
        tokens, loss, found = 0, 0.0, Gradients()
        for number, some in enumerate(entries):
            batch = self._batch(some)
            if number == 0:
                tokens = _tokens(batch)
                with kept.counted():
                    loss = self._train(batch)
            else:
                self._train(batch)
            found = Gradients.of(self.model)
            if found.endless or not (found.unlearned or found.dead):
                break

        def rows() -> str:
            places = self.training.train.where(self.batches.numbers(entries[0])[:SHOWN])
            return f"First rows of the batch: {', '.join(places)}."

        return loss, found, must_learn(self.model, found, rows), tokens

    def _batch(self, entries: list[Any]) -> dict[str, Any]:
        batch, objective = self.learner.data_collator(entries), self.learner.objective
        return objective.made_up(batch) if isinstance(objective, MakesBatches) else batch

    def _train(self, batch: dict[str, Any]) -> float:
        """Forward and back; the mean loss of the learned tokens."""
        learner = self.learner
        count = learner._get_num_items_in_batch([batch], learner.args.device)
        # What watches the run is not told.
        return float(SFTTrainer.training_step(learner, self.model, batch, count))

    def _step(self) -> None:
        """A step of the optimizer that changes nothing: its numbers take their memory."""
        if self.learner.optimizer is None:
            self.learner.create_optimizer()
        optimizer: Any = self.learner.optimizer
        for group in optimizer.param_groups:
            group["lr"] = 0.0
            for weight in group["params"]:
                if weight.grad is None:
                    weight.grad = torch.zeros_like(weight)
                weight.grad.zero_()
        optimizer.step()
        optimizer.zero_grad()

    def _validation(self) -> None:
        if not len(self.training.validation):
            return
        lengths = self.training.validation.lengths().tolist()
        entries = largest.largest_held_out(self.batches, lengths, self.learner.args.eval_batch_size)
        batch = self.learner.data_collator(entries)
        self.model.eval()
        self.learner.prediction_step(self.model, batch, prediction_loss_only=True)

    def _save(self, estimate: Estimate) -> tuple[int, bool]:
        """Write one checkpoint where all will be written. Those that lie there at once must have room."""
        about = _saved(self.model) + estimate.optimizer
        if not self.learner.is_world_process_zero():
            return about, False
        staying = self.options.checkpoints + 1 + (self.options.keep == "best")
        must_have_room(self.training.checkpoints, about, checkpoints=staying, model=_saved(self.model))
        if about > LARGE or self.learner.args.world_size > 1:  # Trainer saves with all processes together
            return about, False
        place = self.training.checkpoints / PLACE
        shutil.rmtree(place, ignore_errors=True)
        try:
            self.learner.create_scheduler(num_training_steps=1)
            Trainer._save_checkpoint(self.learner, self.model, None)
            return bytes_in(place), True
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _checkpoint_activations(self) -> None:
        """Trainer does so when it begins to train."""
        if self.options.gradient_checkpointing:
            self.model.activation_checkpointing_enable()


def _must_fit(estimate: Estimate, meter: Meter) -> None:
    """A GPU says that it is full; a machine ends the process without a word, so it is not tried there."""
    if not meter.gpu and estimate.more > meter.free:
        raise MemoryError(f"{size(estimate.more)} more are needed, and {size(meter.free)} are free")


def _tokens(batch: dict[str, Any]) -> int:
    return int(batch["input_ids"].numel())


def _saved(model: Any) -> int:
    """The bytes of what is saved: an adapter's weights, or all."""
    weights = trained(model) if hasattr(model, "peft_config") else list(model.parameters())
    return sum(weight.numel() * weight.element_size() for weight in weights)
