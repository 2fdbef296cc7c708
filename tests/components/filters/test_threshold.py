"""A threshold reads any number of a row's meta."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, talk

META = {
    "score": 3,
    "labels": {"toxicity": {"value": 0.7}},
    "a.b": 1,
    "list": [5, 6],
    "text": "4.5",
    "flag": True,
    "nan": float("nan"),
    "none": None,
}


@pytest.mark.parametrize(
    ("of", "value"),
    [("score", 3), ("labels.toxicity.value", 0.7), ("a.b", 1), ("list.1", 6), ("text", 4.5), ("flag", None), ("nan", None), ("none", None),
     ("labels", None), ("list.7", None), ("score.deep", None), ("nothing", None)],
)  # fmt: skip
def test_threshold_reads_any_number_of_meta(of, value):
    chat = talk("a", "b", meta=META)
    verdict = filters.threshold(chat, of=of, min_value=-1)
    if value is None:
        assert verdict is chat
        assert filters.threshold(chat, of=of, missing="drop") == pp.Drop(f"no number: {of}")
    else:
        assert verdict.scores == {"value": (value, -1, None)}
        assert dropped(filters.threshold(chat, of=of, min_value=value + 1)) == pp.Drop(
            "value too low", value, value + 1
        )
        assert dropped(filters.threshold(chat, of=of, max_value=value - 1)) == pp.Drop(
            "value too high", value, value - 1
        )
