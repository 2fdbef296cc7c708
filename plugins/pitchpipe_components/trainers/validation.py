"""When a training is evaluated on the validation rows, and what follows: what is kept, when it stops.

All of it follows from numbers in the trainer's state, which a checkpoint holds: a run that goes on after a
kill decides as one that was not killed.
"""

from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from transformers import TrainerCallback

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

WORSENING = 3  # evaluations in a row
CLEARLY = 0.01  # of the best value: less is chance


class Evaluation(NamedTuple):
    """A step, and the number that says how good the model was then."""

    step: int
    value: float


class Aim(NamedTuple):
    """What training tries to make as low, or as high, as it can."""

    name: str
    best: str  # the best value is the lowest, or the highest
    better: str  # what it has done where the model got better
    worsens: str
    sign: float  # times a value: the lower, the better

    def cost(self, evaluation: Evaluation) -> float:
        return self.sign * evaluation.value

    def clearly_worse(self, one: Evaluation, best: Evaluation) -> bool:
        return self.cost(one) - self.cost(best) > CLEARLY * abs(best.value)


AIMS = {
    "loss": Aim("loss", "lowest", "fallen", "rises", 1.0),
    "reward": Aim("reward", "highest", "risen", "falls", -1.0),
}


class Validation(TrainerCallback):
    """Has a training evaluated, and knows the best evaluation."""

    def __init__(self, options: "Options", training: pp.Training):
        self.options, self.training, self.every, self._warned = options, training, 0, False
        self.aim = AIMS[options.aim]

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
        past, aim = self._past(state), self.aim
        since = len(past) - 1 - past.index(self._best(past))
        if self.options.keep == "best" and since == 0:
            control.should_save = True
        if self.options.patience and since >= self.options.patience:
            control.should_training_stop = True
            words = f"the validation {aim.name} has not {aim.better} in {since} evaluations"
            self._say(f"training stops: {words}")
        elif not self._warned and self._worsens(past):
            self._warned = True
            self._say(f"[yellow]the validation {aim.name} {aim.worsens}:[/] {self._words(past)}")

    def folder(self, state: Any) -> Path | None:
        """The checkpoint that holds the best weights, where these are kept."""
        folder = self.training.checkpoints / f"checkpoint-{state.best_global_step}"
        return folder if self.options.keep == "best" and folder.exists() else None

    def result(self, state: Any) -> dict[str, int | float]:
        """What the run records, and what a person is told at the end."""
        past, aim = self._past(state), self.aim
        if not past:
            return {}
        best, last, name = self._best(past), past[-1], f"validation_{aim.name}"
        if self.options.keep == "best":
            where = f"where the validation {aim.name} is {aim.best}"
            self._say(f"[dim]the weights of step {best.step} are kept, {where}[/]")
            return {name: round(best.value, 4), **_accuracy(state, best.step), "best_step": best.step}
        if aim.clearly_worse(last, best):
            words = f"the last validation {aim.name} is not the {aim.best}"
            self._say(f"[yellow]{words}:[/] {self._words(past)}")
        known = {} if last.value == best.value else {aim.best: round(best.value, 4), "at_step": best.step}
        return {name: round(last.value, 4), **_accuracy(state, last.step), **known}

    def _past(self, state: Any) -> list[Evaluation]:
        name = f"eval_{self.aim.name}"
        return [Evaluation(entry["step"], entry[name]) for entry in state.log_history if name in entry]

    def _best(self, past: list[Evaluation]) -> Evaluation:
        """The first of the best value."""
        return min(past, key=self.aim.cost)

    def _worsens(self, past: list[Evaluation]) -> bool:
        """Whether the last are each worse than the one before, and clearly worse than the best."""
        costs = [self.aim.cost(one) for one in past[-WORSENING - 1 :]]
        improves = any(later <= before for before, later in pairwise(costs))
        return len(costs) > WORSENING and not improves and self.aim.clearly_worse(past[-1], self._best(past))

    def _words(self, past: list[Evaluation]) -> str:
        best, last = self._best(past), past[-1]
        cure = "" if self.options.keep == "best" else f". keep: best saves the weights of step {best.step}"
        return f"{last.value:.4f} at step {last.step}, and {best.value:.4f} at step {best.step}{cure}"

    def _say(self, words: str) -> None:
        self.training.console.say(words)


def _accuracy(state: Any, step: int) -> dict[str, float]:
    """The share of replies that are on their side then, where that is known."""
    name = "eval_reward_accuracy"
    found = [entry[name] for entry in state.log_history if name in entry and entry["step"] == step]
    return {"validation_accuracy": round(found[-1], 4)} if found else {}
