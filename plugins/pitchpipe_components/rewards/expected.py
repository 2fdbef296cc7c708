"""The reply that a row expects."""

import pitchpipe as pp


def expected(conversation: pp.Conversation) -> str:
    """The last message, which is a reply; a ValueError where the row has none."""
    *before, last = conversation.messages
    if last.role != "assistant" or not before:
        raise ValueError("the row has no expected reply to compare with")
    return last.content
