"""A limit names its measure, and makes an empty index."""

import pytest

from pitchpipe_components.embedders.hashed import hashed
from pitchpipe_components.novelty.limit import NoveltyLimit
from pitchpipe_components.novelty.near import Near


@pytest.mark.parametrize("name", ["rouge_l", "jaccard", "cosine"])
def test_each_measure_finds_what_is_too_near_and_nothing_else(name):
    limit = NoveltyLimit(**{name: 0.7})
    found = limit.index(hashed if name == "cosine" else None)
    assert limit.name == name
    found.add("Name three rivers of Asia")
    assert found.nearest("Name three rivers of Asia") == Near(1.0, 0)
    assert found.nearest("Explain how bread is baked") is None


@pytest.mark.parametrize("limits", [{}, {"rouge_l": 0.7, "jaccard": 0.7}])
def test_one_limit_is_named_and_no_other(limits):
    with pytest.raises(ValueError, match="just one"):
        NoveltyLimit(**limits)


def test_cosines_need_an_embedder():
    with pytest.raises(ValueError, match="needs an `embedder`"):
        NoveltyLimit(cosine=0.9).index()
