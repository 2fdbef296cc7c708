"""The documents of a batch one after the other, without padding."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchpipe_components.collators.joined import Joined
from pitchpipe_components.collators.packing import Rows


@dataclass(frozen=True)
class Flattened(Joined):
    """The documents of a batch in one row, kept apart: batches as `padded` makes them, without the padding.

    The trainer's batch_size counts conversations, so batches differ in tokens: `packed` fills them evenly.
    """

    def plan(self, lengths: Sequence[int], seed: int, epoch: int) -> Rows:
        """Each document by itself, shuffled: there is no padding to spare by an order."""
        import numpy as np

        order = np.random.default_rng([abs(seed), epoch]).permutation(len(lengths))
        return Rows(order, np.arange(len(lengths) + 1))
