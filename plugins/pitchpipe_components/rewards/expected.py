"""The reply that a row expects."""

import pitchpipe as pp


def expected(conversation: pp.Conversation) -> str | None:
    """The last message, where it is a reply."""
    *before, last = conversation.messages
    return last.content if before and last.role == "assistant" else None
