"""Shows how training goes on, and hands its numbers to the run."""

from typing import Any

from transformers import TrainerCallback

import pitchpipe as pp


class Watch(TrainerCallback):
    """The progress bar and the numbers of a training."""

    def __init__(self, training: pp.Training, tick: Any):
        self.training, self.tick, self.shown = training, tick, 0
        self.note = ""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.tick(state.global_step - self.shown, self.note, total=state.max_steps)
        self.shown = state.global_step

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        values = {
            name: float(value) for name, value in (logs or {}).items() if isinstance(value, int | float)
        }
        if "loss" in values:
            self.note = f"loss {values['loss']:.3f}"
        if state.is_world_process_zero:
            self.training.log(state.global_step, values)
