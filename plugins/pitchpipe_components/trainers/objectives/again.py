"""An order in which the prompts of each step come several times, one step after the other."""

from collections.abc import Iterator
from typing import Any

from torch.utils.data import Sampler


class Again(Sampler[Any]):
    """Numbers of another order, `at_once` for a step, each step `times` times.

    What does not fill a step is left out of an epoch: it would be mixed with what comes again.
    """

    def __init__(self, order: Any, at_once: int, times: int):
        self.order, self.at_once, self.times = order, at_once, times

    def __len__(self) -> int:
        return len(self.order) // self.at_once * self.at_once * self.times

    def set_epoch(self, epoch: int) -> None:
        self.order.set_epoch(epoch)

    def __iter__(self) -> Iterator[Any]:
        numbers = list(self.order)
        for start in range(0, len(numbers) - self.at_once + 1, self.at_once):
            for _ in range(self.times):
                yield from numbers[start : start + self.at_once]
