"""Semantic duplicates: only kept rows push others out."""

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import SemanticDuplicates
from tests.components.duplicates.texts import gone, on_a_circle, talk


@pytest.mark.parametrize("size", [1, 3, 100])
def test_only_kept_rows_push_others_out(compare, size):
    rows = [talk(str(angle)) for angle in (0, 8, 16, 90, 17, 83, 0, 7)]
    filter = SemanticDuplicates(threshold=float(np.cos(np.radians(10))), embedder=on_a_circle)
    found = compare(filter, rows, size)
    assert gone(found) == {1: 0, 4: 2, 5: 3, 6: 0, 7: 0}, "each because of the closest"
    assert [score for _, score in found.values()] == pytest.approx(
        [np.cos(np.radians(angle)) for angle in (8, 1, 7, 0, 7)], abs=2e-3
    )


def test_what_says_nothing_is_not_compared(compare):
    rows = [talk(""), talk(""), talk("5"), talk("5")]
    assert gone(compare(SemanticDuplicates(embedder=on_a_circle), rows)) == {3: 2}
    assert gone(compare(SemanticDuplicates(embedder=on_a_circle), rows[:2])) == {}


def test_vectors_must_be_of_one_length(compare):
    filter = SemanticDuplicates(embedder=lambda texts: np.ones((len(texts), len(texts)), np.float32))
    with pytest.raises(pp.PitchpipeError, match="different lengths"):
        compare(filter, [talk("a"), talk("b"), talk("c")], 2)


def test_semantic_duplicates_need_no_model(compare, by_default):
    rows = [
        talk("How do I bake bread at home today?"),
        talk("Who won?"),
        talk("how do I bake bread at home, today"),
    ]
    assert gone(compare(by_default(SemanticDuplicates), rows)) == {2: 0}
