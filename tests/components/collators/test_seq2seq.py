"""Prompts and replies apart: what an encoder reads, and what a decoder writes."""

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.collators import Seq2seq


def test_a_batch_is_parted_where_learning_begins():
    batch = Seq2seq(multiple_of=2)(
        [Example([5, 6, 7, 8, 9], [IGNORED, IGNORED, IGNORED, 8, 9]), Example([5, 6], [IGNORED, 6])], 1
    )
    assert batch["input_ids"].tolist() == [[5, 6, 7, 1], [5, 1, 1, 1]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]
    assert batch["labels"].tolist() == [[8, 9], [6, IGNORED]]
