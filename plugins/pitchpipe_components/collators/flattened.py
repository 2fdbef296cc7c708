"""Joins the documents of a batch in one row, without padding."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchpipe_components.collators.joined import Joined
from pitchpipe_components.collators.packing import PackedRows


@dataclass(frozen=True)
class Flattened(Joined):
    """Joins the documents of a batch in one row, kept apart: the batches of `padded` without padding.

    The trainer's batch_size counts conversations, so batches differ in tokens; `packed` fills them evenly.
    """

    def plan(self, lengths: Sequence[int], seed: int, epoch: int) -> PackedRows:
        """Plans each document by itself, shuffled: without padding, no order of lengths saves any."""
        import numpy as np

        order = np.random.default_rng([abs(seed), epoch]).permutation(len(lengths))
        return PackedRows(order, np.arange(len(lengths) + 1))
