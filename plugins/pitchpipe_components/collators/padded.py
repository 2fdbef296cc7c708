"""Puts one example into each row and pads rows to the longest of the batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from pitchpipe import IGNORED, Example, TooLong

Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Padded:
    """Puts one example into each row. The padding that fills a row is neither seen nor learned."""

    length: Annotated[Positive, Meta(description="the most tokens of a conversation")] = 2048
    too_long: TooLong = "drop"
    multiple_of: Annotated[Positive, Meta(description="rows are padded to a multiple of this")] = 8

    def __call__(self, examples: list[Example], pad: int) -> dict[str, Any]:
        import numpy as np
        import torch

        lengths = [len(example.ids) for example in examples]
        width = self._width(lengths)

        def filled(rows: list[Sequence[int]], filling: int) -> torch.Tensor:
            found = np.full((len(rows), width), filling, np.int64)
            for place, row in zip(found, rows, strict=True):
                place[: len(row)] = row
            return torch.from_numpy(found)

        return {
            "input_ids": filled([example.ids for example in examples], pad),
            "labels": filled([example.labels for example in examples], IGNORED),
            "attention_mask": (torch.arange(width) < torch.tensor(lengths)[:, None]).long(),
        }

    def room(self, lengths: Sequence[int]) -> int:
        return self._width(lengths) * len(lengths)

    def _width(self, lengths: Sequence[int]) -> int:
        return -(-max(lengths) // self.multiple_of) * self.multiple_of
