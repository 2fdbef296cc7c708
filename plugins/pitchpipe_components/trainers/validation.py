"""When a training is evaluated on the validation rows, and what follows: what is kept, when it stops.

All of it follows from the losses in the trainer's state, which a checkpoint holds: a run that goes on after a
kill decides as one that was not killed.
"""

from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

RISING = 3  # evaluations in a row
CLEARLY = 1.01  # times the best loss: less is chance


class Validation(TrainerCallback):
    """Has a training evaluated, and knows the best evaluation."""

    def __init__(self, options: "Options", training: pp.Training):
        self.options, self.training, self.every, self._warned = options, training, 0, False

    def on_train_begin(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        steps = ceil(len(about["train_dataloader"]) / args.gradient_accumulation_steps)  # of an epoch
        every = self.options.evaluate_every
        share = steps if every == "epoch" else every * steps if every < 1 else every
        self.every = max(1, round(share))
        if best := self.folder(state):  # the run may have been moved
            state.best_model_checkpoint = str(best)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        due = state.global_step % self.every == 0
        control.should_evaluate = due or state.global_step >= state.max_steps

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        past = _evaluations(state)
        since = len(past) - 1 - past.index(_best(past))
        if self.options.keep == "best" and since == 0:
            control.should_save = True
        if self.options.patience and since >= self.options.patience:
            control.should_training_stop = True
            self._say(f"training stops: the validation loss has not fallen in {since} evaluations")
        elif not self._warned and _rising(past):
            self._warned = True
            self._say(f"[yellow]the validation loss rises:[/] {self._words(past)}")

    def folder(self, state: Any) -> Path | None:
        """The checkpoint that holds the best weights, where these are kept."""
        folder = self.training.checkpoints / f"checkpoint-{state.best_global_step}"
        return folder if self.options.keep == "best" and folder.exists() else None

    def result(self, state: Any) -> dict[str, int | float]:
        """What the run records, and what a person is told at the end."""
        past = _evaluations(state)
        if not past:
            return {}
        (step, best), (_, last) = _best(past), past[-1]
        if self.options.keep == "best":
            self._say(f"[dim]the weights of step {step} are kept, where the validation loss is lowest[/]")
            return {"validation_loss": round(best, 4), "best_step": step}
        if last > best * CLEARLY:
            self._say(f"[yellow]the last validation loss is not the lowest:[/] {self._words(past)}")
        lowest = {} if last == best else {"lowest": round(best, 4), "at_step": step}
        return {"validation_loss": round(last, 4), **lowest}

    def _words(self, past: list[tuple[int, float]]) -> str:
        step, best = _best(past)
        cure = "" if self.options.keep == "best" else f". keep: best saves the weights of step {step}"
        return f"{past[-1][1]:.4f} at step {past[-1][0]}, and {best:.4f} at step {step}{cure}"

    def _say(self, words: str) -> None:
        self.training.console.say(words)


def _evaluations(state: Any) -> list[tuple[int, float]]:
    """The step and the loss of each."""
    return [(entry["step"], entry["eval_loss"]) for entry in state.log_history if "eval_loss" in entry]


def _best(past: list[tuple[int, float]]) -> tuple[int, float]:
    """The first of the lowest loss."""
    return min(past, key=lambda one: one[1])


def _rising(past: list[tuple[int, float]]) -> bool:
    """Whether the last are each worse than the one before, and clearly worse than the best."""
    losses = [loss for _, loss in past[-RISING - 1 :]]
    falls = any(later <= before for before, later in pairwise(losses))
    return len(losses) > RISING and not falls and losses[-1] > CLEARLY * _best(past)[1]
