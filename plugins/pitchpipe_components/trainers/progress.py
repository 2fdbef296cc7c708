"""What a training is in the middle of, beside weights, optimizer and random states: Trainer forgets it.

Trainer goes on with a mean loss of other steps than it says, and writes the checkpoint of an epoch's last
step a second time, over the first. Here sums go on where they were, and a checkpoint is the last of a step.
"""

import time
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import TrainerCallback

import pitchpipe as pp

FILE = "progress.pt"  # of a checkpoint


class Sum(Protocol):
    """Something that counts through a training."""

    def state(self) -> dict[str, Any]: ...  # of all processes: plain data and tensors
    def restore(self, state: dict[str, Any]) -> None: ...


class Continuation(TrainerCallback):
    """Saves and restores what is counted, of all processes together, so that any number of them goes on."""

    def __init__(self, training: pp.Training, first: bool, sums: dict[str, Sum]):
        self.training, self.first, self.sums = training, first, sums
        self.before = 0.0  # seconds that earlier attempts took up to their checkpoint
        self._restored: dict[str, Any] = {}
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long all attempts took together, without what was lost."""
        return self.before + time.monotonic() - self._began

    def save(self, folder: Path, stopped: bool) -> None:
        """Into a checkpoint, in all processes at once. `stopped`: training ends before its last step."""
        state = {name: counted.state() for name, counted in self.sums.items()}
        if self.first:
            torch.save({"seconds": self.seconds, "stopped": stopped, "sums": state}, folder / FILE)

    def load(self, folder: Path) -> None:
        """From the checkpoint that training goes on from; restored when it begins."""
        self._restored = torch.load(folder / FILE, weights_only=True)
        self.before = self._restored["seconds"]

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._began = time.monotonic()
        self._must_go_on(state)
        state.compute_steps(args, state.max_steps)  # as often as is asked now, not when it was saved
        for name, counted in self._restored.get("sums", {}).items():
            self.sums[name].restore(counted)
        # Of a checkpoint of the very end, Trainer would learn one more step.
        at_end = state.global_step >= state.max_steps
        control.should_training_stop = at_end or self._restored.get("stopped", False)

    def _must_go_on(self, state: Any) -> None:
        if state.global_step > state.max_steps:
            raise pp.PitchpipeError(
                f"training has come to step {state.global_step}, and is to end at step {state.max_steps} now."
                f" To begin it again: rm -r {self.training.checkpoints}"
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The last losses are told, too."""
        control.should_log |= control.should_training_stop

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """An evaluation may end the training."""
        control.should_save |= control.should_training_stop

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """All is done at an epoch's last step. Trainer would do it again, over a checkpoint that is whole."""
        control.should_evaluate = control.should_save = control.should_log = False
