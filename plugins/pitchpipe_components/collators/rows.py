"""Documents one after the other in a single row, with the numbers that keep them apart."""

from typing import Any

from pitchpipe import IGNORED, Example


def joined(examples: list[Example]) -> dict[str, Any]:
    """One row of all examples. Positions begin anew in each, and `cu_seq_lens` says where that is.

    There is no attention mask: one of ones would tell transformers that all is a single document.
    """
    import numpy as np
    import torch

    lengths = np.array([len(example.ids) for example in examples])
    starts = np.concatenate([[0], lengths.cumsum()])
    ids = np.concatenate([np.asarray(example.ids, np.int64) for example in examples])
    labels = np.concatenate([np.asarray(example.labels, np.int64) for example in examples])
    labels[starts[:-1]] = IGNORED  # the first token of a document does not continue the one before it
    bounds, longest = torch.from_numpy(starts.astype(np.int32)), int(lengths.max())
    return {
        "input_ids": torch.from_numpy(ids)[None],
        "labels": torch.from_numpy(labels)[None],
        "position_ids": torch.from_numpy(np.arange(starts[-1]) - np.repeat(starts[:-1], lengths))[None],
        "cu_seq_lens_q": bounds,
        "cu_seq_lens_k": bounds,
        "max_length_q": longest,
        "max_length_k": longest,
    }
