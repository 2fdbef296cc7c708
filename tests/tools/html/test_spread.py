"""Counted values: each is counted, and memory does not grow with them."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.spread import Spread


@given(st.lists(st.integers(0, 999), min_size=1))
def test_numbers_of_three_digits_are_kept_as_they_are(some):
    spread = Spread()
    for value in some:
        spread.add([value])
    assert spread.counts == Counter(map(float, some))
    assert spread.median() == sorted(some)[(len(some) + 1) // 2 - 1]


def test_what_is_no_number_has_no_place():
    spread = Spread()
    spread.add([float("nan"), float("inf"), 1.5])
    assert spread.counts == {1.5: 1}


def test_memory_does_not_grow_with_the_rows():
    spread = Spread()
    spread.add(np.random.default_rng(0).random(200_000))
    assert len(spread) == 200_000 and len(spread.counts) < 4000
