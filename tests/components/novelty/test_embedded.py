"""The index of vectors compares a text with all others."""

import numpy as np

from pitchpipe_components.embedders.hashed import hashed
from pitchpipe_components.novelty.embedded import Embedded
from pitchpipe_components.novelty.near import Near


def test_it_finds_the_closest_vector():
    texts = [f"sentence {n} about {('cats', 'dogs', 'birds')[n % 3]} number {n * n}" for n in range(40)]
    vectors = hashed(texts)
    found = Embedded(hashed, 0.6)
    for number, text in enumerate(texts):
        scores = (vectors[:number] @ vectors[number]).round(4)
        near = found.nearest(text)
        if scores.max(initial=0) > 0.6:
            assert near is not None
            assert near.index == int(scores.argmax())
            assert abs(near.score - scores.max()) < 1e-4
        else:
            assert near is None
        found.add(text)


def test_it_grows_and_texts_without_words_have_a_number_and_no_likeness():
    found = Embedded(lambda texts: np.eye(4, dtype=np.float32)[[len(text) % 4 for text in texts]], 0.9)
    found.add("")
    for _ in range(1500):
        found.add("abc")
    found.add("abcd")
    assert found.nearest("") is None
    assert found.nearest("abc") == Near(1.0, 1)
    assert found.nearest("abcd") == Near(1.0, 1501)
    assert found.nearest("abcd", but={1501}) is None


def test_equal_texts_are_too_near_at_a_limit_of_1():
    found = Embedded(hashed, 1)
    found.add("Name a colour of the sky at dusk")
    assert found.nearest("Name a colour of the sky at dusk") == Near(1.0, 0)
    assert found.nearest("Name a colour of the sea at dawn") is None
