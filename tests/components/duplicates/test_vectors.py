"""Many tiles of vectors choose as one row after the other."""

from random import Random

import numpy as np

from pitchpipe_components.duplicates import SemanticDuplicates
from tests.components.duplicates.texts import gone, on_a_circle, talk


def test_many_tiles_choose_as_one_row_after_the_other(compare, monkeypatch):
    from pitchpipe_components.duplicates import vectors

    random = Random(12)
    angles = [random.random() * 360 for _ in range(300)]
    rows = [talk(str(angle)) for angle in angles]
    filter = SemanticDuplicates(threshold=float(np.cos(np.radians(2))), embedder=on_a_circle)
    stored = on_a_circle(map(str, angles)).astype(np.float16).astype(np.float32)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    kept = []
    for row in range(300):
        if not kept or (stored[kept] @ stored[row]).max() < filter.threshold:
            kept.append(row)
    monkeypatch.setattr(vectors, "_TILE", 32)
    monkeypatch.setattr(vectors, "_KEPT", 16)
    found = gone(compare(filter, rows, 41))
    assert sorted(set(range(300)) - set(found)) == kept
    assert set(found.values()) <= set(kept) and all(of < row for row, of in found.items())
