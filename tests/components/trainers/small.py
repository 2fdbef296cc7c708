"""A small training: a trainer is given a few examples and a model of our own, without a recipe."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pitchpipe_components.collators import Padded
from pitchpipe_components.models import Tiny
from pitchpipe_stages.train.training import RecipeTraining
from tests.packed import some


class Rows(list):
    """Examples in memory."""

    def lengths(self):
        return np.array([len(example.ids) for example in self], np.int64)

    def where(self, numbers):
        return [f"rows.jsonl:{number + 1}" for number in numbers]

    def sources(self):
        return ["rows"], np.zeros(len(self), np.int64)


class Said:
    """A console that keeps what it is told."""

    def __init__(self):
        self.lines = []

    def say(self, text=""):
        self.lines.append(text)

    @contextmanager
    def bar(self, label, total=None):
        yield lambda *_, **__: None


class Unasked:
    """No prompts: these examples are no conversations."""

    def ask(self, *_, **__):
        return {}


def training(folder, model, rows=(), validation=(), collator=None):
    """A training of a model in a folder, which keeps its numbers in `logged`."""
    logged = []
    made = RecipeTraining(
        model=model, tokenizer=Tiny().tokenizer(), new_tokens=[],
        train=Rows(rows or some(9, 12, 7, 11, 8, 10, 13, 6)), validation=Rows(validation),
        collator=collator or Padded(), folder=Path(folder) / "model", checkpoints=Path(folder) / "checkpoints",
        report=lambda step, values: logged.append((step, values)), console=Said(), prober=Unasked(),
    )  # fmt: skip
    made.logged = logged
    return made


def evaluations(made):
    """The step and the loss of each evaluation."""
    return [(step, values["eval_loss"]) for step, values in made.logged if "eval_loss" in values]
