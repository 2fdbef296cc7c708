"""All that a message says: what guards look at."""

import json

import pitchpipe as pp
from pitchpipe_components.text.spoken import called


def words_of(message: pp.Message) -> list[str]:
    """Its content, context, reasoning and calls, those that are there."""
    return [text for text in (message.content, message.context, message.reasoning, called(message)) if text]


def last_words(conversation: pp.Conversation) -> list[str]:
    """What the last message says, and with the first one the tools that are offered."""
    words = words_of(conversation.messages[-1])
    if len(conversation.messages) == 1 and conversation.tools:
        words.append(json.dumps(conversation.tools, ensure_ascii=False))
    return words
