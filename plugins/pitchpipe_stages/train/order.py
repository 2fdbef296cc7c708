"""The orders of batches.py as PyTorch's samplers: a run that goes on repeats them."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from torch.utils.data import Dataset, Sampler

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Batch
from pitchpipe.records.example import IGNORED, Example, Examples
from pitchpipe_stages.train.batches import Plan, alike

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Entry = list[tuple[int, Example]]  # of a data set: the examples of one row, with their numbers


class Grouped(Sampler[int]):
    """Numbers of single examples; those of a batch are of like length. Filled, as `Filled` says."""

    def __init__(self, lengths: list[int], batch_size: int, seed: int, at_once: int = 1):
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0
        self._filled = Filled(lengths, at_once)

    def __len__(self) -> int:
        return len(self.lengths) + self._filled.count(len(self.lengths))

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        yield from alike(self.lengths, self.batch_size, self.seed, self.epoch)
        yield from [self._filled.number] * self._filled.count(len(self.lengths))


class Planned(Sampler[list[int]]):
    """The rows that a collator plans, new in each epoch. Filled, as `Filled` says."""

    def __init__(self, plan: Plan, lengths: "NDArray[np.int64]", seed: int, at_once: int = 1):
        self.plan, self.lengths, self.seed = plan, lengths, seed
        self._filled, self._epoch, self._rows = Filled(lengths, at_once), 0, self._planned(0)

    def __len__(self) -> int:
        return len(self._rows) + self._filled.count(len(self._rows))

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
        yield from [[self._filled.number]] * self._filled.count(len(self._rows))

    def _planned(self, epoch: int) -> Sequence[list[int]]:
        return self.plan(self.lengths, self.seed, epoch)  # type: ignore[arg-type]


class Filled:
    """What the last batches of an epoch are filled with.

    `at_once` make a batch of all processes. Accelerate gives each process the same number of full batches,
    and repeats rows where they do not come out even. So the last are filled: a number below 0 is an example
    of which nothing is learned. Each other one is learned once in an epoch, and a step takes the same rows
    whatever the number of processes.
    """

    def __init__(self, lengths: "Sequence[int] | NDArray[np.int64]", at_once: int):
        self.at_once = at_once
        self.number = ~min(range(len(lengths)), key=lengths.__getitem__, default=0)

    def count(self, rows: int) -> int:
        return -rows % self.at_once


class SingleExamples(Dataset[Entry]):
    """Examples by their numbers, each a row of its own."""

    def __init__(self, examples: Examples):
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Entry:
        return [numbered(self.examples, index)]


class PlannedRows(Dataset[Entry]):
    """The examples of each list of numbers that the order gives."""

    def __init__(self, examples: Examples, count: int):
        self.examples, self.count = examples, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: list[int]) -> Entry:
        return [numbered(self.examples, index) for index in row]


def numbered(examples: Examples, index: int) -> tuple[int, Example]:
    """An example with its number. Of a number below 0, nothing is learned."""
    if index >= 0:
        return index, examples[index]
    return ~index, without_labels(examples[~index])


def without_labels(example: Example) -> Example:
    """The same, of which nothing is learned."""
    worse = without_labels(example.rejected) if example.rejected else None
    return Example(example.ids, [IGNORED] * len(example.ids), worse)


def each(collate: Callable[[Sequence[Example]], Batch]) -> Callable[[list[Entry]], Batch]:
    """A batch of all rows of some entries."""
    return lambda entries: collate([example for _, example, _ in rows(entries)])


def numbers(entries: list[Entry]) -> list[int]:
    """The numbers of the examples of all rows of some entries."""
    return [number for number, _, _ in rows(entries)]


def rejected(entries: list[Entry]) -> list[bool]:
    """Of all rows of some entries, whether they hold a worse reply."""
    return [worse for _, _, worse in rows(entries)]


def rows(entries: list[Entry]) -> Iterator[tuple[int, Example, bool]]:
    """A pair has two: that with the better reply, then that with the worse one."""
    for entry in entries:
        for number, example in entry:
            if len(example.ids):
                yield number, example, False
            if example.rejected:
                yield number, example.rejected, True
