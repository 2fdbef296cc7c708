"""Stops a training that leaves the numbers, whose loss explodes, or that learns nothing.

It looks before the optimizer changes the weights, and again before they are saved: what lies in a checkpoint
are numbers. The error says which rows the step held, and what is known of the cause. The device is read once
a step: the loss and the length of the gradient, together.
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any

import torch
from accelerate.utils import gather_object
from transformers import TrainerCallback

import pitchpipe as pp
from pitchpipe_components.trainers import rows
from pitchpipe_components.trainers.checkpoints import Checkpoints
from pitchpipe_components.trainers.course import Course
from pitchpipe_components.trainers.objectives.objective import Objective
from pitchpipe_components.trainers.weights import local, trained

LAST = "The last checkpoint, of step {}, is sound, and the same recipe goes on from there into the same."
NONE = "There is no sound checkpoint to go on from."
SILENT = 3  # first steps in which there must be a gradient


class Astray(TrainerCallback):
    """Watches the loss and the gradient of each step, and the weights that are to be saved."""

    def __init__(
        self, accelerator: Any, checkpoints: Checkpoints, training: pp.Training, objective: Objective
    ):
        self.accelerator, self.checkpoints, self.training = accelerator, checkpoints, training
        self.course = Course(objective.guess)
        self.norm: Any = None  # of the step's gradient, before it is cut
        self._batches: list[tuple[Any, Any]] = []  # of the step: losses, and numbers of examples
        # Steps without a gradient; none: there was one, or there may be none for long.
        self._silent: int | None = None if objective.stands else 0

    def saw(self, loss: Any, examples: Any) -> None:
        """Takes the loss of a batch. It stays on its device: to read it now would make the device wait."""
        self._batches.append((loss.detach().float(), examples))

    def on_train_begin(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        """A training that goes on after a kill knows how low the loss was."""
        before = [entry["loss"] for entry in state.log_history if "loss" in entry]
        self.course.lowest = min([self.course.lowest, *before])

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        step = state.global_step
        loss, norm = self._read()
        if not isfinite(loss):
            self._stop(f"the loss ({loss}) is not a finite number", args, step + 1, step, **about)
        # A scaler leaves out steps whose gradients are too large.
        if not isfinite(norm) and self.accelerator.scaler is None:
            self._stop("a gradient is not a finite number", args, step + 1, step, **about)
        if steps := self.course.exploded(loss):
            self._stop(self._exploded(loss, steps), args, step + 1, step + 1 - steps, **about)
        if self.course.high(loss):
            self.training.console.say(f"[yellow]step {step + 1}: {self._high(loss)}[/]")
        self._silent = None if norm or self._silent is None else self._silent + 1
        if self._silent == SILENT:
            raise pp.PitchpipeError(_silent(step + 1, self._rows()))
        self._batches = []

    def on_step_end(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        """No checkpoint is written of weights that are no numbers."""
        if control.should_save and not self._finite(trained(about["model"])):
            step = state.global_step
            self._stop("a weight is not a finite number", args, step, step, **about)

    def on_evaluate(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        loss = (about.get("metrics") or {}).get("eval_loss")
        if loss is not None and not isfinite(loss):
            what = f"the loss of the validation rows ({loss}) is not a finite number"
            self._stop(what, args, state.global_step, state.global_step, **about)

    def _read(self) -> tuple[float, float]:
        """The loss and the length of the gradient: the means of all processes, which stop together."""
        loss = torch.stack([one for one, _ in self._batches]).sum()
        whole = self.norm.full_tensor() if hasattr(self.norm, "full_tensor") else self.norm
        norm = torch.as_tensor(whole, dtype=torch.float32, device=loss.device)
        mean = self.accelerator.gather(torch.stack([loss, norm])[None]).mean(0)
        return tuple(mean.tolist())

    def _finite(self, tensors: Iterable[Any]) -> bool:
        sums = [local(tensor).sum(dtype=torch.float32) for tensor in tensors]
        device = self.accelerator.device
        fine = torch.stack([torch.isfinite(one).to(device) for one in sums]).all()
        return bool(self.accelerator.gather(fine.int()[None]).all())

    def _exploded(self, loss: float, steps: int) -> str:
        return (
            f"the loss has exploded: {loss:.3g}, after {self.course.lowest:.3g} before, and a model that"
            f" guesses has {self.course.guess:.3g} (so in {steps} steps in a row)"
        )

    def _high(self, loss: float) -> str:
        first = max(self.course.first)
        return f"the loss is {loss:.3g} and has been high for long; it began at {first:.3g}. Is it learning?"

    def _rows(self) -> str:
        """The rows of the step, in all processes; of batches without a finite loss, if there are any."""
        wrong = [examples for loss, examples in self._batches if not bool(torch.isfinite(loss))]
        batches = wrong or [examples for _, examples in self._batches]
        numbers = [number for examples in batches for number in examples.tolist()]
        return rows.named(self.training.train, gather_object(numbers))

    def _stop(self, what: str, args: Any, step: int, made_by: int, **about: Any) -> None:
        """The weights of step `made_by`, and all later ones, are no good."""
        rate = about["optimizer"].param_groups[0]["lr"]
        for bad in range(made_by, step + 1):
            self.checkpoints.condemn(bad)
        whole = self.checkpoints.last()
        held = f"\nThe step held: {self._rows()}" if self._batches else ""
        raise pp.PitchpipeError(
            f"step {step}: {what}, at a learning rate of {rate:.3g}. Training stops,"
            f" and no model is saved. {LAST.format(whole.name.rpartition('-')[2]) if whole else NONE}{held}\n"
            + "\n".join(f"  - {cure}" for cure in _cures(args, step, about["model"]))
        )


def _silent(step: int, held: str) -> str:
    return (
        f"step {step}: no trained weight has had a gradient so far: nothing is learned. Training stops.\n"
        f"The step held: {held}\n"
        "  - are replies learned at all? pitchpipe peek RECIPE shows the learned text of a row\n"
        "  - an adapter of which both matrices are 0 never leaves 0: begin with a new one"
    )


def _cures(args: Any, step: int, model: Any) -> list[str]:
    """What a user can change, the likeliest first."""
    kinds = {p.dtype for p in model.parameters()}
    found = []
    if torch.float16 in kinds:
        found.append("float16 has no numbers above 65,504: give the model `dtype: bfloat16` or `float32`")
    if step == 1:
        found.append("this was the first step: the base model gives no numbers for these rows as it is")
    found.append(f"a lower learning_rate than {args.learning_rate:g}, or a longer warmup")
    if args.max_grad_norm > 1:
        found.append(f"max_grad_norm: 1.0 holds back steps that are too large (it is {args.max_grad_norm:g})")
    return found
