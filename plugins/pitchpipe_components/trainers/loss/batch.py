"""Batches that say which examples they hold, which places are learned, and which rows are better or worse.

All of this is known while a batch is made, on the processor: a GPU would have to be waited for.
"""

from typing import Any

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.forward import learned_places

EXAMPLES = "examples"  # in a batch: for each row the number of its example; both rows of a pair have one
PLACES = "places"  # in a batch: where the flattened hidden states predict a learned token
# In a batch that tells where its rows lie; a row is one conversation, whatever is joined:
ROWS = "rows"  # for each place its row
OWNERS = "owners"  # for each place the number of its example
BETTER, WORSE = "better", "worse"  # the rows with a reply to learn, and those with one to avoid
TAUGHT = "taught"  # which of the places lie in better rows
TRIED = "tried"  # in a batch of replies that a model has tried out: what is known of them
Batch = dict[str, Any]
NO_INPUTS = (EXAMPLES, PLACES, ROWS, OWNERS, BETTER, WORSE, TAUGHT, TRIED)  # what no model takes


class Numbered:
    """Makes batches of training or of validation."""

    def __init__(self, batches: pp.Batches, shift: int):
        self.batches, self.shift = batches, shift

    def __call__(self, entries: list[Any]) -> Batch:
        numbers, rejected = self.batches.numbers(entries), self.batches.rejected(entries)
        return self.of(self.batches.collate(entries), numbers, rejected)

    def of(self, batch: Batch, of_examples: list[int], rejected: list[bool]) -> Batch:
        """A batch of such rows: for each the number of its example, and whether its reply is a worse one."""
        places, numbers = learned_places(batch["labels"], self.shift), torch.tensor(of_examples)
        made = {**batch, EXAMPLES: numbers, PLACES: places}
        rows = _rows(batch, places, len(numbers))
        if rows is None:
            return made
        worse = torch.tensor(rejected, dtype=torch.bool)
        return {**made, ROWS: rows, OWNERS: numbers[rows], **_sides(rows, worse)}


def _sides(rows: Tensor, rejected: Tensor) -> dict[str, Tensor]:
    """Which rows hold what. A row that only fills a batch teaches nothing: it is of no side."""
    learned = torch.bincount(rows, minlength=len(rejected)) > 0
    found = {BETTER: learned & ~rejected, WORSE: learned & rejected, TAUGHT: ~rejected[rows]}
    return {name: which.nonzero()[:, 0] for name, which in found.items()}


def _rows(batch: dict[str, Any], places: Tensor, count: int) -> Tensor | None:
    """For each place the row that it lies in; None where the batch does not tell."""
    rows, width = batch["labels"].shape
    if rows == count:
        return places // width
    bounds = batch.get("cu_seq_lens_q")
    if rows == 1 and bounds is not None and len(bounds) == count + 1:
        return torch.bucketize(places, bounds.to(places.dtype), right=True) - 1
    return None


def without_numbers(batch: Batch) -> Batch:
    """What a model takes of a batch."""
    return {name: value for name, value in batch.items() if name not in NO_INPUTS}
