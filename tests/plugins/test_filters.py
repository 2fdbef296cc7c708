"""Filters keep what they say they keep, and drop with a reason, a score and a limit."""

import pytest

import pitchpipe as pp
from pitchpipe_plugins.filters import ExactDuplicates, length


def talk(prompt, reply, line=1):
    return pp.Conversation(
        (pp.Message("user", prompt), pp.Message("assistant", reply)), source=pp.Source("d", "f", line)
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, None),
        ({"min_reply_chars": 5}, None),
        ({"min_reply_chars": 6}, pp.Drop("reply too short", 5, 6)),
        ({"max_reply_chars": 5}, None),
        ({"max_reply_chars": 4}, pp.Drop("reply too long", 5, 4)),
        ({"min_prompt_chars": 4}, pp.Drop("prompt too short", 3, 4)),
        ({"max_prompt_chars": 2}, pp.Drop("prompt too long", 3, 2)),
        ({"min_messages": 3}, pp.Drop("conversation too short", 2, 3)),
        ({"max_messages": 1}, pp.Drop("conversation too long", 2, 1)),
    ],
)
def test_length(options, expected):
    conversation = talk("Hi!", " hello ")
    assert length(conversation, **options) == (expected or conversation)


def test_the_first_of_equal_conversations_is_kept():
    filter = ExactDuplicates()
    first, second, other = talk("Hi", "Hello", 1), talk(" Hi", "Hello\n", 2), talk("Hi", "Howdy", 3)
    assert filter(first) is first and filter(other) is other
    assert filter(second) == pp.Drop("duplicate: of f:1")


def test_one_reply_for_each_prompt():
    filter = ExactDuplicates(of="prompt")
    assert filter(talk("Hi", "Hello", 1)) and filter(talk("Hi", "Howdy", 2)) == pp.Drop("duplicate: of f:1")
