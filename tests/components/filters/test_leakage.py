"""Where `prompt_leakage` looks: in replies, in instructions, or in both."""

import pytest

import pitchpipe as pp
from pitchpipe_components.filters.leakage import prompt_leakage

LEAKED = "#Rewritten Prompt#: Name a river."


def leaks(prompt, reply, **options):
    talk = pp.Conversation((pp.Message("user", prompt), pp.Message("assistant", reply)))
    return prompt_leakage(talk, **options).scores["leaks"][0] > 0


@pytest.mark.parametrize(
    ("where", "in_prompt", "in_reply"),
    [("replies", False, True), ("instructions", True, False), ("both", True, True)],
)
def test_leaks_are_found_where_they_are_looked_for_alone(where, in_prompt, in_reply):
    assert leaks(LEAKED, "The Rhine.", where=where) is in_prompt
    assert leaks("Name a river.", LEAKED, where=where) is in_reply
    assert (
        leaks("Task by our robot: name a river.", "The Rhine.", where=where, extra=("by our robot",))
        is in_prompt
    )
    assert (
        leaks("Name a river.", "By our robot: the Rhine.", where=where, extra=("by our robot",)) is in_reply
    )


def test_later_questions_and_systems_are_no_instructions():
    talk = pp.Conversation((
        pp.Message("system", LEAKED), pp.Message("user", "Hi"), pp.Message("assistant", "Hello."),
        pp.Message("user", "Sure, here is the new question: why?"), pp.Message("assistant", "Because."),
    ))  # fmt: skip
    assert prompt_leakage(talk, where="both").drop is None
    assert prompt_leakage(pp.Conversation(()), where="both").drop is None


def test_the_reason_quotes_the_instruction():
    talk = pp.Conversation((pp.Message("user", LEAKED), pp.Message("assistant", "The Rhine.")))
    assert prompt_leakage(talk, where="both").drop.reason == f"leaks too high: {LEAKED}"
