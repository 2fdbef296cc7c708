"""Puts one example into each row and pads rows to the longest of the batch."""

from collections.abc import Iterable, Sequence
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
        import torch

        width = self._width([len(example.ids) for example in examples])

        def filled(rows: Iterable[Sequence[int]], filling: int) -> torch.Tensor:
            return torch.tensor([[*row, *[filling] * (width - len(row))] for row in rows])

        return {
            "input_ids": filled([example.ids for example in examples], pad),
            "labels": filled([example.labels for example in examples], IGNORED),
            "attention_mask": filled([[1] * len(example.ids) for example in examples], 0),
        }

    def room(self, lengths: Sequence[int]) -> int:
        return self._width(lengths) * len(lengths)

    def _width(self, lengths: Sequence[int]) -> int:
        return -(-max(lengths) // self.multiple_of) * self.multiple_of
