"""The text of a conversation that is compared."""

import pitchpipe as pp
from pitchpipe_components.text.words import text_of


def test_what_a_conversation_says():
    said = (
        pp.Message("system", "s"),
        pp.Message("user", "u", "c"),
        pp.Message("assistant", "a", reasoning="r"),
    )
    conversation = pp.Conversation((*said, pp.Message("user", "more")))
    assert [text_of(conversation, of) for of in ("prompt", "reply", "conversation")] == [
        "u\nc",
        "r\na",
        "u\nc\nr\na\nmore",
    ]
