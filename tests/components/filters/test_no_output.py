"""Replies that stand for none; a call is a reply, and code may hold the mark."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.good_rows import CALL
from tests.components.filters.talks import ORDINARY, dropped, reply, talk


@pytest.mark.parametrize(
    "text",
    [
        *ORDINARY,
        "",
        "Write `<nooutput>` there.",
        "The mark is this:\n```\n<nooutput>\n```",
        "No output of it was lost.",
        "NA",
        "N",
        "No.",
    ],
)
def test_what_says_something_stays(text):
    assert dropped(filters.no_output(reply(text))) is None


def test_a_call_is_a_reply():
    said = pp.Message("assistant", "No output.", tool_calls=(CALL,))
    chat = pp.Conversation((pp.Message("user", "Open the window."), said))
    assert dropped(filters.no_output(chat)) is None


def test_every_reply_counts_up_to_the_bound():
    chat = talk("Open the window.", "N/A", "Paint the fence.", "<nooutput>", "Name a fox.", "Renard")
    assert dropped(filters.no_output(chat)).score == 2
    assert dropped(filters.no_output(chat, max_no_outputs=2)) is None
