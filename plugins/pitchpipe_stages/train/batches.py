"""The order of an epoch, known from the seed and the epoch alone."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POOL = 50  # batches that are filled together
Plan = Callable[[Sequence[int], int, int], Sequence[list[int]]]  # from lengths, the seed and the epoch


def alike(lengths: Sequence[int], batch_size: int, seed: int, epoch: int) -> Iterator[int]:
    """A new order each epoch, of batches whose examples are of like length."""
    random = Random(f"{seed} {epoch}")
    order = list(range(len(lengths)))
    random.shuffle(order)
    pool = batch_size * POOL
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lengths.__getitem__)
        batches = [near[at : at + batch_size] for at in range(0, len(near), batch_size)]
        last = batches.pop() if len(batches[-1]) < batch_size else []  # a short batch stays last
        random.shuffle(batches)
        for batch in [*batches, last]:
            yield from batch


def fullness(lengths: "NDArray[np.int64]", rows: int, length: int) -> float | None:
    """How full the planned rows of a collator are that fills them."""
    filled = int(lengths.sum()) / (rows * length)
    return filled if rows < len(lengths) else None
