"""Shows how training goes on, and hands its numbers to the run."""

from math import isfinite
from typing import Any

from transformers import TrainerCallback

import pitchpipe as pp
from pitchpipe_components.trainers.memory import Meter
from pitchpipe_components.trainers.pace import Pace

# What Trainer and TRL report beside these is about themselves.
KEPT = ("loss", "grad_norm", "learning_rate", "epoch", "tokens")
OF_OBJECTIVES = ("loss of ", "reply_", "reward", "kl")


class Watch(TrainerCallback):
    """The progress bar and the numbers of a training."""

    def __init__(self, training: pp.Training, pace: Pace, tick: Any):
        self.training, self.pace, self.tick = training, pace, tick
        self.shown, self.read = 0, 0
        self.notes: dict[str, str] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.shown = state.global_step
        self.tick(0, total=state.max_steps, done=self.shown)
        self.memory = Meter(args.device)
        self.pace.goes_on()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.pace.stepped()
        self.tick(state.global_step - self.shown, total=state.max_steps)
        self.shown = state.global_step

    def on_prediction_step(
        self, args: Any, state: Any, control: Any, eval_dataloader: Any = None, **_: Any
    ) -> None:
        self.read += 1
        self.tick(0, self._noted(f"validating: batch {self.read} of {len(eval_dataloader)}"))

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.read = 0
        self.tick(0, self._noted())
        self.pace.goes_on()

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.pace.goes_on()

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        values = _kept(logs or {})
        if "eval_reward" in values:
            values.pop("eval_loss", None)  # its opposite, which Trainer looks at
        if set(values) <= {"epoch"}:  # Trainer's last words
            return
        if "loss" in values:
            values |= {"tokens_per_second": self.pace.tokens_per_second(), "memory": self.memory.peak()}
        self._show(state.global_step, values)
        if state.is_world_process_zero:
            self.training.log(state.global_step, values)

    def _show(self, step: int, values: dict[str, float]) -> None:
        if "loss" in values:
            shown = "reward" if "reward" in values else "loss"
            self.notes["loss"] = f"{shown} {values[shown]:.3f}"
            self.notes["pace"] = f"{values['tokens_per_second']:,.0f} tokens/s"
        if shown := next((name for name in ("reward", "loss") if f"eval_{name}" in values), ""):
            value, epoch = values[f"eval_{shown}"], values["epoch"]
            self.notes["validation"] = f"validation {value:.3f}"
            if isfinite(value):  # else training stops, and says so
                said = f"step {step:,}, epoch {epoch:.3g}: validation {shown} {value:.4f}"
                if "eval_reward_accuracy" in values:
                    said += f", {values['eval_reward_accuracy']:.1%} of replies on their side"
                self.training.console.say(f"[dim]{said}[/]")
        self.tick(0, self._noted())

    def _noted(self, *now: str) -> str:
        return ", ".join([*self.notes.values(), *now])


def _kept(logs: dict[str, Any]) -> dict[str, float]:
    def is_kept(name: str) -> bool:
        name = name.removeprefix("eval_")
        return name in KEPT or name.startswith(OF_OBJECTIVES)

    return {name: float(value) for name, value in logs.items() if is_kept(name)}
