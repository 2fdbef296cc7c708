"""The order in which examples are learned: shuffled, among others of like length to spare padding."""

from collections.abc import Iterator
from random import Random

from torch.utils.data import Sampler

POOL = 50  # batches that are filled together


class Grouped(Sampler[int]):
    """A new order each epoch, known from the seed and the epoch alone: a run that goes on repeats it."""

    def __init__(self, lengths: list[int], batch_size: int, seed: int):
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        random = Random(f"{self.seed} {self.epoch}")
        order = list(range(len(self.lengths)))
        random.shuffle(order)
        pool = self.batch_size * POOL
        for start in range(0, len(order), pool):
            alike = sorted(order[start : start + pool], key=self.lengths.__getitem__)
            batches = [alike[at : at + self.batch_size] for at in range(0, len(alike), self.batch_size)]
            last = batches.pop() if len(batches[-1]) < self.batch_size else []  # a short batch stays last
            random.shuffle(batches)
            for batch in [*batches, last]:
                yield from batch
