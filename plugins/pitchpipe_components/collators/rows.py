"""Documents one after the other in a single row, with the numbers that keep them apart."""

from typing import Any

from pitchpipe import IGNORED, Example


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
