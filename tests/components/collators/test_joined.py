"""Joined documents: what a batch holds."""

import pytest
import torch

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.collators import Flattened, Packed, Padded
from tests.packed import some


@pytest.mark.parametrize("collator", [Packed(), Flattened()])
def test_a_joined_batch(collator):
    batch = collator.join(
        [Example([5, 6, 7], [5, 6, 7]), Example([8], [8]), Example([9, 4], [IGNORED, 4])], 1
    )
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, 9, 4]]
    assert batch["labels"].tolist() == [[IGNORED, 6, 7, IGNORED, IGNORED, 4]]  # no first token is predicted
    assert batch["position_ids"].tolist() == [[0, 1, 2, 0, 0, 1]]
    assert batch["cu_seq_lens_q"].tolist() == batch["cu_seq_lens_k"].tolist() == [0, 3, 4, 6]
    assert batch["max_length_q"] == batch["max_length_k"] == 3
    assert "attention_mask" not in batch


@pytest.mark.parametrize("collator", [Packed(), Flattened()])
def test_who_wants_each_ones_own_numbers_gets_a_row_each(collator):
    examples = some(3, 9)
    ours, padded = collator(examples, 0), Padded()(examples, 0)
    assert all(torch.equal(ours[name], padded[name]) for name in padded)
