"""The hashed embedder knows texts of like spelling."""

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_components.embedders import hashed


def test_the_hashed_embedder_knows_texts_of_like_spelling():
    said = [
        "How do I bake bread at home?",
        "how can i bake bread at home",
        "Explain the causes of World War I.",
        "",
        "?!",
    ]
    vectors = hashed(said)
    assert vectors.shape == (5, 512) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.7 > 0.3 > abs(vectors[0] @ vectors[2])
    assert np.array_equal(vectors[2:3], hashed(said[2:3])) and hashed([]).shape == (0, 512)
    assert hashed(said, size=64).shape == (5, 64)
    with pytest.raises(pp.PitchpipeError, match="above longest"):
        hashed(said, shortest=6)
