"""Padding changes nothing of what is learned."""

import torch

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.collators import Padded
from pitchpipe_components.models import Tiny


def test_a_padded_batch():
    batch = Padded(multiple_of=4)([Example([5, 6, 7, 8, 9], [IGNORED, 6, 7, 8, 9]), Example([5], [5])], pad=1)
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, 9, 1, 1, 1], [5, 1, 1, 1, 1, 1, 1, 1]]
    assert batch["labels"].tolist() == [[-100, 6, 7, 8, 9, -100, -100, -100], [5] + [-100] * 7]
    assert batch["attention_mask"].sum(1).tolist() == [5, 1]


def test_padding_changes_nothing_of_what_is_learned():
    model = Tiny().weights().eval()
    short, long = Example([10, 20, 30], [IGNORED, 20, 30]), Example(list(range(10, 40)), list(range(10, 40)))
    alone = model(**Padded(multiple_of=1)([short], 1)).logits[0, :3]
    padded = model(**Padded()([short, long], 1)).logits[0, :3]
    assert torch.allclose(alone, padded, atol=1e-4)
