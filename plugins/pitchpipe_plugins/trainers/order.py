"""The orders of batches.py as PyTorch's samplers: a run that goes on repeats them."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch.utils.data import Dataset, Sampler

from pitchpipe import PitchpipeError
from pitchpipe.prepared import Examples
from pitchpipe.render import Example
from pitchpipe_plugins.trainers.batches import Plan, alike, planned


class Grouped(Sampler[int]):
    """Single examples; those of a batch are of like length."""

    def __init__(self, lengths: list[int], batch_size: int, seed: int):
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        return alike(self.lengths, self.batch_size, self.seed, self.epoch)


class Planned(Sampler[list[int]]):
    """The rows that a collator plans, new in each epoch."""

    def __init__(self, plan: Plan, lengths: Any, seed: int, at_once: int = 1):
        self.plan, self.lengths, self.seed, self.at_once = plan, lengths, seed, at_once
        self._epoch, self._rows = 0, self._planned(0)

    def __len__(self) -> int:
        return len(self._rows)

    def set_epoch(self, epoch: int) -> None:
        if epoch == self._epoch:
            return
        rows = self._planned(epoch)
        if len(rows) != len(self._rows):
            raise PitchpipeError(
                f"the collator plans {len(rows)} rows for epoch {epoch}, after {len(self._rows)} before:"
                " a run that goes on counts on as many in each epoch"
            )
        self._epoch, self._rows = epoch, rows

    def __iter__(self) -> Iterator[list[int]]:
        yield from self._rows

    def _planned(self, epoch: int) -> Sequence[list[int]]:
        return planned(self.plan, self.lengths, self.seed, epoch, self.at_once)


class Rows(Dataset[dict[str, list[Example]]]):
    """A row of examples for each list of numbers that the order gives."""

    def __init__(self, examples: Examples, count: int):
        self.examples, self.count = examples, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: list[int]) -> dict[str, list[Example]]:
        return {"examples": [self.examples[index] for index in row]}
