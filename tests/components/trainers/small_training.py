"""Trains a small model on made-up documents as a run does, without a recipe."""

import json
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
from torch.utils.data import SequentialSampler

from pitchpipe_components.collators import Padded
from pitchpipe_components.models import Tiny
from pitchpipe_components.trainers import Sft
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.train.training import RecipeTraining
from tests.packed import some


class Silent:
    """A console that remembers what it was told."""

    def __init__(self):
        self.said = []

    def say(self, text=""):
        self.said.append(text)

    def waiting(self, what):
        return nullcontext()

    @contextmanager
    def bar(self, label, total=None):
        yield lambda *_, **__: None

    def table(self, *_, **__):
        pass


class Order(SequentialSampler):
    def set_epoch(self, epoch):
        pass


@dataclass
class InOrder(RecipeTraining):
    """Single examples come in the order of the data, so that a step holds the same ones in any batch size."""

    def batches(self, size, seed, processes=1):
        made = super().batches(size, seed, processes)
        is_planned = hasattr(self.collator, "plan")
        return made if is_planned else replace(made, sampler=Order(made.dataset))


def write(folder, side, examples, sources=("made",)):
    """Prepared examples on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    lengths = [len(one.ids) for one in examples]
    np.cumsum([0, *lengths], dtype=np.int64).tofile(folder / f"{side}.offsets")
    np.array([token for one in examples for token in one.ids], np.int32).tofile(folder / f"{side}.ids")
    np.array([label != -100 for one in examples for label in one.labels], np.uint8).tofile(
        folder / f"{side}.mask"
    )
    places = ({"dataset": sources[at % len(sources)], "file": "f", "line": at} for at in range(len(examples)))
    (folder / f"{side}.jsonl").write_text("".join(json.dumps({"source": one}) + "\n" for one in places))


def train(folder, model, lengths, collator=None, validation=(), sources=("made",), **options):
    """Trains; what was logged, what was reported, and what the console was told."""
    write(folder / "prepared", "train", some(*lengths), sources)
    write(folder / "prepared", "validation", some(*validation, seed=1) if validation else [])
    logged, console = [], Silent()
    training = InOrder(
        model=model, tokenizer=Tiny().tokenizer(), new_tokens=[],
        train=PreparedExamples(folder / "prepared", "train"), validation=PreparedExamples(folder / "prepared", "validation"),
        collator=collator or Padded(), folder=folder / "model", checkpoints=folder / "checkpoints",
        report=lambda step, values: logged.append((step, values)), console=console,
        prober=SimpleNamespace(),
    )  # fmt: skip
    settings = {
        "learning_rate": 1e-2,
        "epochs": 1,
        "schedule": "constant",
        "warmup": 0,
        "log_every": 1,
        "samples": 0,
    }
    result = Sft(**{**settings, **options})(training)
    return logged, result, console.said
