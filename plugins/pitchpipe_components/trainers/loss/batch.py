"""Batches that say which examples they hold, which places are learned, and of which example.

All of this is known while a batch is made, on the processor: a GPU would have to be waited for.
"""

from typing import Any

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.forward import learned_places

EXAMPLES = "examples"  # in a batch: the numbers of its examples
PLACES = "places"  # in a batch: where the flattened hidden states predict a learned token
OWNERS = "owners"  # in a batch: for each place the number of the example that it lies in
NO_INPUTS = (EXAMPLES, PLACES, OWNERS)  # what no model takes


class Numbered:
    """Makes batches of training or of validation."""

    def __init__(self, batches: pp.Batches, shift: int):
        self.batches, self.shift = batches, shift

    def __call__(self, entries: list[Any]) -> dict[str, Any]:
        batch, numbers = self.batches.collate(entries), torch.tensor(self.batches.numbers(entries))
        places = learned_places(batch["labels"], self.shift)
        made = {**batch, EXAMPLES: numbers, PLACES: places}
        owners = _owners(batch, places, len(numbers))
        return made if owners is None else {**made, OWNERS: numbers[owners]}


def _owners(batch: dict[str, Any], places: Tensor, count: int) -> Tensor | None:
    """For each place the example that it lies in; None where the batch does not tell."""
    rows, width = batch["labels"].shape
    if rows == count:
        return places // width
    bounds = batch.get("cu_seq_lens_q")
    if rows == 1 and bounds is not None and len(bounds) == count + 1:
        return torch.bucketize(places, bounds.to(places.dtype), right=True) - 1
    return None


def without_numbers(batch: dict[str, Any]) -> dict[str, Any]:
    """What a model takes of a batch."""
    return {name: value for name, value in batch.items() if name not in NO_INPUTS}
