"""Pairs made of any tokens, as training has them and as TRL does, and trainings of them."""

from dataclasses import replace
from random import Random

import numpy as np
from datasets import Dataset

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.train.training import RecipeTraining
from tests.components.trainers.small import training
from tests.components.trainers.small_training import Order, Silent


def rows(count, seed=0, prompt=None):
    """Dicts of ids, as TRL has them once it has tokenised."""
    chance = Random(seed)

    def some(least, most):
        return [chance.randrange(1, 96) for _ in range(chance.randint(least, most))]

    return [
        {
            "prompt_ids": some(*(prompt or (2, 9))),
            "chosen_ids": some(1, 12),
            "rejected_ids": some(1, 12),
        }
        for _ in range(count)
    ]


def examples(made):
    """The same as examples."""

    def side(row, name):
        prompt, reply = row["prompt_ids"], row[name]
        return Example([*prompt, *reply], [IGNORED] * len(prompt) + reply)

    return [replace(side(row, "chosen_ids"), rejected=side(row, "rejected_ids")) for row in made]


def as_data(made):
    return Dataset.from_list(made)


class Compared(list):
    """Pairs in memory."""

    def lengths(self):
        return np.array(
            [len(one.ids) + len(one.rejected.ids if one.rejected else []) for one in self], np.int64
        )

    def sources(self):
        return ["made"], np.zeros(len(self), np.int64)

    def where(self, numbers):
        return [f"pairs.jsonl:{number + 1}" for number in numbers]


class InOrder(RecipeTraining):
    """Examples come as they lie."""

    def batches(self, size, seed, processes=1):
        made = super().batches(size, seed, processes)
        return made if hasattr(self.collator, "plan") else replace(made, sampler=Order(made.dataset))


def to_train(folder, model, made, collator=None, validation=()):
    """A training of pairs, in their order; what it logs stands in `logged`."""
    plain = training(folder, collator=collator, model=model)
    logged = []
    found = InOrder(**{name: getattr(plain, name) for name in plain.__dataclass_fields__})
    found.train, found.validation = Compared(made), Compared(validation)
    found.report = lambda step, values: logged.append((step, values))
    found.console, found.logged = Silent(), logged
    return found


PLAIN = {
    "schedule": "constant",
    "warmup": 0,
    "log_every": 1,
    "samples": 0,
    "rehearse": False,
    "optimizer": "sgd",
}
