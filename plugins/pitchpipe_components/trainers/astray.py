"""Stops a training that leaves the numbers: at the first loss, gradient or weight that is not finite.

It looks before the optimizer changes the weights, and again before they are saved: what lies in a checkpoint
are numbers. The error says what is known of the cause.
"""

from collections.abc import Iterable
from typing import Any

import torch
from transformers import TrainerCallback

import pitchpipe as pp
from pitchpipe_components.trainers.checkpoints import Checkpoints

LAST = "The last checkpoint, of step {}, is sound, and the same recipe goes on from there into the same."
NONE = "No checkpoint was written yet."


class Astray(TrainerCallback):
    """Watches the loss and the gradients of each step, and the weights that are to be saved."""

    def __init__(self, accelerator: Any, checkpoints: Checkpoints):
        self.accelerator, self.checkpoints = accelerator, checkpoints
        self._loss: Any = None  # of all batches of the step

    def saw(self, loss: Any) -> None:
        """Takes the loss of a batch. It stays on its device: to read it now would make the device wait."""
        self._loss = loss.detach().float() + (0 if self._loss is None else self._loss)

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        loss, self._loss = self._loss, None
        watched = [loss]
        if self.accelerator.scaler is None:  # a scaler leaves out steps whose gradients are too large
            watched += [p.grad for p in about["model"].parameters() if p.grad is not None]
        if not self._finite(watched):
            what = "a gradient" if bool(torch.isfinite(loss)) else f"the loss ({float(loss)})"
            self._stop(what, args, state.global_step + 1, made_by=state.global_step, **about)

    def on_step_end(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        """No checkpoint is written of weights that are no numbers."""
        if control.should_save and not self._finite(_learned(about["model"])):
            self._stop("a weight", args, state.global_step, made_by=state.global_step, **about)

    def on_evaluate(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        loss = (about.get("metrics") or {}).get("eval_loss")
        if loss is not None and not torch.isfinite(torch.tensor(loss)):
            what = f"the loss of the validation rows ({loss})"
            self._stop(what, args, state.global_step, made_by=state.global_step, **about)

    def _finite(self, tensors: Iterable[Any]) -> bool:
        """Whether all are, in all processes: one that stops alone would leave the others waiting."""
        sums = [_local(tensor).sum(dtype=torch.float32) for tensor in tensors]
        device = self.accelerator.device
        fine = torch.stack([torch.isfinite(one).to(device) for one in sums]).all()
        return bool(self.accelerator.gather(fine.int()[None]).all())

    def _stop(self, what: str, args: Any, step: int, made_by: int, **about: Any) -> None:
        """The weights that `made_by` says the step of are those that give no number."""
        rate = about["optimizer"].param_groups[0]["lr"]
        self.checkpoints.condemn(made_by)
        whole = self.checkpoints.last()
        raise pp.PitchpipeError(
            f"step {step}: {what} is not a finite number, at a learning rate of {rate:.3g}. Training stops,"
            f" and no model is saved. {LAST.format(whole.name.rpartition('-')[2]) if whole else NONE}\n"
            + "\n".join(f"  - {cure}" for cure in _cures(args, step, about["model"]))
        )


def _cures(args: Any, step: int, model: Any) -> list[str]:
    """What a user can change, the likeliest first."""
    kinds = {p.dtype for p in _learned(model)} | {p.dtype for p in model.parameters()}
    found = []
    if torch.float16 in kinds:
        found.append("float16 has no numbers above 65,504: give the model `dtype: bfloat16` or `float32`")
    if step == 1:
        found.append("this was the first step: the base model gives no numbers for these rows as it is")
    found.append(f"a lower learning_rate than {args.learning_rate:g}, or a longer warmup")
    if args.max_grad_norm > 1:
        found.append(f"max_grad_norm: 1.0 holds back steps that are too large (it is {args.max_grad_norm:g})")
    return found


def _learned(model: Any) -> list[Any]:
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _local(tensor: Any) -> Any:
    """The part of a tensor that this process holds."""
    tensor = tensor.detach()
    return tensor.to_local() if hasattr(tensor, "to_local") else tensor
