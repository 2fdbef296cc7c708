"""Signs that a reply was cut off."""

import pytest

from pitchpipe_components import filters
from tests.components.filters.talks import dropped, reply, talk


@pytest.mark.parametrize(
    ("text", "switch"),
    [("And...", "ellipsis"), ("Pears, etc.", "etc"), ("```\ncode", "open_fence")],
)
def test_each_sign_of_truncation_has_a_switch(text, switch):
    assert (
        dropped(filters.truncated(reply(text)))
        and dropped(filters.truncated(reply(text), **{switch: False})) is None
    )


@pytest.mark.parametrize(
    "meta", [{"finish_reason": "length"}, {"stop_reason": "max_tokens"}, {"finish_reason": "LENGTH"}]
)
def test_a_finish_reason_tells(meta):
    chat = talk("Go", "on", meta=meta)
    assert dropped(filters.truncated(chat)) and dropped(filters.truncated(chat, finish_reason=False)) is None
    assert dropped(filters.truncated(talk("Go", "on", meta={"finish_reason": "stop"}))) is None


def test_a_cut_word_is_a_guess_that_is_made_where_asked():
    cut = (
        "This is a sentence of some length, as replies have them. " * 4
        + "And this is one that goes on for a long while, until it sudde"
    )
    assert dropped(filters.truncated(reply(cut))) is None
    assert dropped(filters.truncated(reply(cut), cut_word=True))
    whole = [
        cut + "nly ends.",
        cut + "nly\n\n- ends",
        cut[-61:],
        "Paris",
        cut + "nly ends:\n\n| a |",
        "长" * 300,
    ]
    assert [text for text in whole if dropped(filters.truncated(reply(text), cut_word=True))] == []
