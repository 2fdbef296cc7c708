"""Stops a training whose weights stay as they are: its steps are lost in rounding, or never reach them."""

from typing import Any

import torch
from transformers import TrainerCallback

import pitchpipe as pp
from pitchpipe_components.trainers.weights import local, trained

STEPS = 3  # with a learning rate above 0, after which some weight must be another
LOOKED_AT = 4096  # numbers of each weight


class Moving(TrainerCallback):
    """Compares the trained weights with what they were, once."""

    def __init__(self, accelerator: Any):
        self.accelerator, self._steps = accelerator, 0
        self._before: list[tuple[Any, torch.Tensor]] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        if self.accelerator.scaler is None:  # a scaler leaves out its first steps
            self._before = [(weight, _some(weight).clone()) for weight in trained(about["model"])]

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        self._steps += any(group["lr"] > 0 for group in about["optimizer"].param_groups)

    def on_step_end(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        if self._steps < STEPS or not self._before:
            return
        moved = torch.stack([(_some(weight) != before).any() for weight, before in self._before])
        self._before = []
        if not bool(self.accelerator.gather(moved.any()[None]).any()):
            rate = max(group["lr"] for group in about["optimizer"].param_groups)
            raise pp.PitchpipeError(
                f"step {state.global_step}: no trained weight has changed in {STEPS} steps, at a learning"
                f" rate of {rate:.3g}. Training stops.\n  - a higher learning_rate"
            )


def _some(weight: Any) -> torch.Tensor:
    """Numbers of a weight, of the part that this process holds."""
    numbers: torch.Tensor = local(weight).flatten()
    return numbers[:LOOKED_AT]
