"""A small model with examples, as a trainer is given them."""

from types import SimpleNamespace

import numpy as np

from pitchpipe_components.collators.padded import Padded
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.train.training import RecipeTraining
from tests.packed import small, some
from tests.tokenizers import bytes_alone


class Listed(list):
    """Examples that are in memory."""

    def lengths(self):
        return np.asarray([len(example.ids) for example in self], np.int64)

    def sources(self):
        return ["rows"], np.zeros(len(self), np.int64)

    def where(self, numbers):
        return [f"rows.jsonl:{number + 1}" for number in numbers]


def training(folder, lengths=(9, 30, 12, 40, 7, 22, 18, 33), collator=None, model=None, **options):
    """A training of a small Llama."""
    return RecipeTraining(
        model=model or small("Llama", vocab_size=300, **options),
        tokenizer=bytes_alone(),
        new_tokens=[],
        train=Listed(some(*lengths)),
        validation=Listed(some(*lengths[:3])),
        collator=collator or Padded(),
        folder=folder / "model.new",
        checkpoints=folder / "checkpoints",
        report=lambda step, values: None,
        console=RichConsole(),
        prober=SimpleNamespace(attention=""),
    )
