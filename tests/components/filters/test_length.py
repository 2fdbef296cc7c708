"""Length counts what it says, and drops on both sides of a bound."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, score, talk


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, None),
        ({"min_reply_chars": 5}, None),
        ({"min_reply_chars": 6}, pp.Drop("reply chars too low", 5, 6)),
        ({"max_reply_chars": 5}, None),
        ({"max_reply_chars": 4}, pp.Drop("reply chars too high", 5, 4)),
        ({"min_prompt_chars": 3}, None),
        ({"min_prompt_chars": 4}, pp.Drop("prompt chars too low", 3, 4)),
        ({"max_prompt_chars": 2}, pp.Drop("prompt chars too high", 3, 2)),
        ({"min_reply_words": 2}, pp.Drop("reply words too low", 1, 2)),
        ({"max_reply_words": 0}, pp.Drop("reply words too high", 1, 0)),
        ({"min_prompt_words": 2}, pp.Drop("prompt words too low", 1, 2)),
        ({"max_prompt_words": 0}, pp.Drop("prompt words too high", 1, 0)),
        ({"min_instruction_chars": 4}, pp.Drop("instruction chars too low", 3, 4)),
        ({"max_instruction_chars": 2}, pp.Drop("instruction chars too high", 3, 2)),
        ({"min_instruction_words": 2}, pp.Drop("instruction words too low", 1, 2)),
        ({"max_instruction_words": 0}, pp.Drop("instruction words too high", 1, 0)),
        ({"min_messages": 3}, pp.Drop("messages too low", 2, 3)),
        ({"max_messages": 1}, pp.Drop("messages too high", 2, 1)),
        ({"min_turns": 2}, pp.Drop("turns too low", 1, 2)),
        ({"max_turns": 0}, pp.Drop("turns too high", 1, 0)),
        ({"min_conversation_chars": 9}, pp.Drop("conversation chars too low", 8, 9)),
        ({"max_conversation_chars": 7}, pp.Drop("conversation chars too high", 8, 7)),
    ],
)
def test_length(options, reason):
    assert dropped(filters.length(talk("Hi!", " hello "), **options)) == reason


def test_of_several_replies_the_shortest_is_measured_and_the_longest_where_there_is_a_most():
    chat = talk("Hi", "a" * 3, "Hi", "b" * 9)
    assert score(filters.length(chat), "reply_chars") == 3
    assert score(filters.length(chat, max_reply_chars=9), "reply_chars") == 9
    assert dropped(filters.length(chat, max_reply_chars=8)) == pp.Drop("reply chars too high", 9, 8)
    assert dropped(filters.length(chat, min_reply_chars=4, max_reply_chars=9)) == pp.Drop(
        "reply chars too low", 3, 4
    )


def test_context_counts_as_length():
    chat = pp.Conversation((pp.Message("user", "Sum up:", context="12345"), pp.Message("assistant", "5")))
    assert score(filters.length(chat), "prompt_chars") == 12


def test_an_instruction_is_the_first_question_without_its_context():
    chat = pp.Conversation((
        pp.Message("user", " Sum up: ", context="12345"), pp.Message("assistant", "5"),
        pp.Message("user", "And the words of this longer question?"), pp.Message("assistant", "6"),
    ))  # fmt: skip
    verdict = filters.length(chat, max_instruction_chars=6, max_instruction_words=2)
    assert verdict.drop == pp.Drop("instruction chars too high", 7, 6)
    assert score(verdict, "instruction_words") == 2
    assert "instruction_chars" not in filters.length(chat).scores
