"""Fills rows with whole documents that do not see each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from pitchpipe_components.collators.joined import Joined, Positive
from pitchpipe_components.collators.packing import PackedRows, best_fit


@dataclass(frozen=True)
class Packed(Joined):
    """Packs whole documents into rows of at most `length` tokens, kept apart, anew in each epoch.

    The trainer's batch_size counts rows. Nothing is padded, and no document is cut to fit a row.
    """

    length: Annotated[Positive, Meta(description="the most tokens of a row, and so of a conversation")] = 2048

    def plan(self, lengths: Sequence[int], seed: int, epoch: int) -> PackedRows:
        return best_fit(lengths, self.length, seed, epoch)
