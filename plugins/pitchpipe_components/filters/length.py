"""Measures length in characters, words, messages and turns."""

from typing import Annotated

from pitchpipe import Conversation, Meta, Scored, Verdict
from pitchpipe_components.text.spoken import called, first_prompt

Count = Annotated[int, Meta(ge=0)]
Most = Annotated[int, Meta(ge=0)] | None


def length(
    conversation: Conversation,
    *,
    min_reply_chars: Annotated[Count, Meta(description="the fewest characters of a reply")] = 1,
    max_reply_chars: Annotated[Most, Meta(description="the most characters of a reply")] = None,
    min_prompt_chars: Annotated[Count, Meta(description="the fewest characters of a user message")] = 1,
    max_prompt_chars: Annotated[Most, Meta(description="the most characters of a user message")] = None,
    min_reply_words: Annotated[Count, Meta(description="the fewest words of a reply")] = 0,
    max_reply_words: Annotated[Most, Meta(description="the most words of a reply")] = None,
    min_prompt_words: Annotated[Count, Meta(description="the fewest words of a user message")] = 0,
    max_prompt_words: Annotated[Most, Meta(description="the most words of a user message")] = None,
    min_instruction_chars: Annotated[
        Count, Meta(description="the fewest characters of the first user message, its context left out")
    ] = 0,
    max_instruction_chars: Annotated[
        Most, Meta(description="the most characters of the first user message, its context left out")
    ] = None,
    min_instruction_words: Annotated[
        Count, Meta(description="the fewest words of the first user message, its context left out")
    ] = 0,
    max_instruction_words: Annotated[
        Most, Meta(description="the most words of the first user message, its context left out")
    ] = None,
    min_messages: Annotated[Count, Meta(description="the fewest messages of a conversation")] = 2,
    max_messages: Annotated[Most, Meta(description="the most messages of a conversation")] = None,
    min_turns: Annotated[Count, Meta(description="the fewest user messages of a conversation")] = 0,
    max_turns: Annotated[Most, Meta(description="the most user messages of a conversation")] = None,
    min_conversation_chars: Annotated[
        Count, Meta(description="the fewest characters of all messages together")
    ] = 0,
    max_conversation_chars: Annotated[
        Most, Meta(description="the most characters of all messages together")
    ] = None,
) -> Verdict:
    """Keeps conversations whose messages are neither too short nor too long.

    White space around a message does not count; its context does, and so do the calls of a reply. Reasoning
    counts in `conversation_chars` alone. White space separates words. Words and instructions are measured
    only if an option bounds them. The score of replies is the length of the shortest, or of the longest if
    that is bounded and none is too short; the same holds for prompts. A conversation without replies has no
    such score, and plain text has no `messages`. A reply that is rejected, or still awaited, counts among the
    messages alone. To bound tokens, use the collator's `length` or the filter `tokens`.
    """
    replies, prompts, total = [], [], 0
    for message in conversation.messages:
        size = len(message.content.strip()) + len(message.context)
        if message.tool_calls:
            size += len(called(message))
        total += size + len(message.reasoning)
        if message.role == "assistant":
            replies.append(size)
        elif message.role == "user":
            prompts.append(size)
    scores: dict[str, Scored] = {
        "turns": (len(prompts), min_turns, max_turns),
        "conversation_chars": (total, min_conversation_chars, max_conversation_chars),
    }
    if conversation.meta.get("plain") is not True:
        awaited = conversation.messages[-1:] and conversation.messages[-1].role == "user"
        scores["messages"] = (len(conversation.messages) + bool(awaited), min_messages, max_messages)
    if replies:
        scores["reply_chars"] = worst(replies, min_reply_chars, max_reply_chars)
    if prompts:
        scores["prompt_chars"] = worst(prompts, min_prompt_chars, max_prompt_chars)
    if replies and (min_reply_words or max_reply_words is not None):
        scores["reply_words"] = worst(_words(conversation, "assistant"), min_reply_words, max_reply_words)
    if prompts and (min_prompt_words or max_prompt_words is not None):
        scores["prompt_words"] = worst(_words(conversation, "user"), min_prompt_words, max_prompt_words)
    if prompts and (min_instruction_chars or max_instruction_chars is not None):
        size = len(first_prompt(conversation).strip())
        scores["instruction_chars"] = (size, min_instruction_chars, max_instruction_chars)
    if prompts and (min_instruction_words or max_instruction_words is not None):
        size = len(first_prompt(conversation).split())
        scores["instruction_words"] = (size, min_instruction_words, max_instruction_words)
    return Verdict(conversation, scores)


def worst(sizes: list[int], least: int, most: int | None) -> Scored:
    """Picks the size to judge: the smallest, or the largest if that is bounded and none is too small."""
    smallest = min(sizes)
    return smallest if most is None or smallest < least else max(sizes), least, most


def _words(conversation: Conversation, role: str) -> list[int]:
    return [
        sum(len(text.split()) for text in (message.content, message.context, called(message)))
        for message in conversation.messages
        if message.role == role
    ]
