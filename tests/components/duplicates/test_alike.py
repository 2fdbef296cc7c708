"""Pairs that are compared: all that equal hashes propose, and few of thousands of copies."""

from random import Random

import numpy as np

from pitchpipe_components.duplicates import NearDuplicates
from tests.components.duplicates.texts import edited, gone, talk, text


def test_which_pairs_equal_hashes_propose():
    from pitchpipe_components.duplicates.alike import NEIGHBOURS, _proposed

    def pairs(hashes):
        return sorted(
            (int(a), int(b))
            for one, other in _proposed(np.array(hashes, np.uint64))
            for a, b in zip(one, other, strict=True)
            if a != b
        )

    assert pairs([5, 7, 5, 9, 5, 7]) == [(2, 0), (4, 0), (4, 2), (5, 1)]
    near = [(a, b) for a in range(50) for b in range(a) if b == 0 or a - b <= NEIGHBOURS]
    assert pairs([3] * 50) == near, "each pair once"
    high = 1 << 63
    assert pairs([high + 1, high + 2, 1, high + 1, (1 << 32) + 1, 2]) == [(3, 0)], "all 64 bits count"
    assert pairs([high + n // 2 for n in range(6)]) == [(1, 0), (3, 2), (5, 4)]
    assert pairs([]) == pairs([1]) == pairs([1, 2]) == []


def test_thousands_of_copies_are_few_pairs(compare, monkeypatch):
    from pitchpipe_components.duplicates import alike

    random, measured = Random(9), []
    said = text(random, 60)
    rows = [talk(said) for _ in range(5000)] + [talk(edited(random, said, 1)) for _ in range(500)]
    similarity = alike.Stored.similarity
    monkeypatch.setattr(
        alike.Stored,
        "similarity",
        lambda self, one, other: measured.append(len(one)) or similarity(self, one, other),
    )
    found = gone(compare(NearDuplicates(), rows))
    assert found == dict.fromkeys(range(1, 5500), 0)
    assert sum(measured) < 10 * len(rows)
