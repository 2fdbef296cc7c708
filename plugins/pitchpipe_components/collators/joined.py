"""Documents one after the other in a single row, with the numbers that keep them apart. Nothing is padded."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from pitchpipe import IGNORED, Example, TooLong
from pitchpipe_components.collators.isolation import isolated
from pitchpipe_components.collators.padded import Padded

Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Joined:
    """What `packed` and `flattened` share: documents in one row, kept apart. Each has a plan of its own."""

    length: Annotated[Positive, Meta(description="the most tokens of a conversation")] = 2048
    too_long: TooLong = "drop"

    def __call__(self, examples: list[Example], pad: int) -> dict[str, Any]:
        """One example a row, for those who want to know each one's own numbers."""
        return Padded()(examples, pad)

    def join(self, examples: list[Example], pad: int) -> dict[str, Any]:
        return joined(examples)

    def isolated(self, model: Any) -> AbstractContextManager[dict[str, str]]:
        return isolated(model)


def joined(examples: list[Example]) -> dict[str, Any]:
    """One row of all examples. Positions begin anew in each, and `cu_seq_lens` says where that is.

    There is no attention mask: one of ones would tell transformers that all is a single document.
    """
    import torch

    starts = [0]
    for example in examples:
        starts.append(starts[-1] + len(example.ids))
    longest = max(len(example.ids) for example in examples)
    bounds = torch.tensor(starts, dtype=torch.int32)
    # A document's first token is no continuation of the one before: nobody predicts it.
    labels = [[IGNORED, *example.labels[1:]] for example in examples]
    return {
        "input_ids": torch.tensor([[token for example in examples for token in example.ids]]),
        "labels": torch.tensor([[label for document in labels for label in document]]),
        "position_ids": torch.cat([torch.arange(len(example.ids)) for example in examples])[None],
        "cu_seq_lens_q": bounds,
        "cu_seq_lens_k": bounds,
        "max_length_q": longest,
        "max_length_k": longest,
    }
