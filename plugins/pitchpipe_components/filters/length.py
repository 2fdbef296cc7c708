"""Length in characters, in words, in messages and in turns."""

from typing import Annotated

from pitchpipe import Conversation, Meta, Scored, Verdict

Count = Annotated[int, Meta(ge=0)]
Most = Annotated[int, Meta(ge=0)] | None


def length(
    conversation: Conversation,
    *,
    min_reply_chars: Annotated[Count, Meta(description="the shortest reply must have as many")] = 1,
    max_reply_chars: Annotated[Most, Meta(description="the longest reply may have as many")] = None,
    min_prompt_chars: Annotated[Count, Meta(description="the shortest user message must have as many")] = 1,
    max_prompt_chars: Annotated[Most, Meta(description="the longest user message may have as many")] = None,
    min_reply_words: Annotated[Count, Meta(description="the shortest reply must have as many")] = 0,
    max_reply_words: Annotated[Most, Meta(description="the longest reply may have as many")] = None,
    min_prompt_words: Annotated[Count, Meta(description="the shortest user message must have as many")] = 0,
    max_prompt_words: Annotated[Most, Meta(description="the longest user message may have as many")] = None,
    min_messages: Annotated[Count, Meta(description="the conversation must have as many")] = 2,
    max_messages: Annotated[Most, Meta(description="the conversation may have as many")] = None,
    min_turns: Annotated[Count, Meta(description="as many user messages there must be")] = 0,
    max_turns: Annotated[Most, Meta(description="as many user messages there may be")] = None,
    min_conversation_chars: Annotated[Count, Meta(description="all messages together must have as many")] = 0,
    max_conversation_chars: Annotated[
        Most, Meta(description="all messages together may have as many")
    ] = None,
) -> Verdict:
    """Keep conversations whose messages are neither too short nor too long, counted without outer space.

    A message's context counts with it. Words are what stands between white space, and are counted only where
    they are bounded. Of several replies the shortest is measured, and the longest where there is a most.
    What has no reply, or no user message, has no length of it. Tokens are the collator's business (`length`),
    or the filter `tokens`.
    """
    replies, prompts, total = [], [], 0
    for message in conversation.messages:
        size = len(message.content.strip()) + len(message.context)
        total += size
        if message.role == "assistant":
            replies.append(size)
        elif message.role == "user":
            prompts.append(size)
    scores: dict[str, Scored] = {
        "messages": (len(conversation.messages), min_messages, max_messages),
        "turns": (len(prompts), min_turns, max_turns),
        "conversation_chars": (total, min_conversation_chars, max_conversation_chars),
    }
    if replies:
        scores["reply_chars"] = worst(replies, min_reply_chars, max_reply_chars)
    if prompts:
        scores["prompt_chars"] = worst(prompts, min_prompt_chars, max_prompt_chars)
    if replies and (min_reply_words or max_reply_words is not None):
        scores["reply_words"] = worst(_words(conversation, "assistant"), min_reply_words, max_reply_words)
    if prompts and (min_prompt_words or max_prompt_words is not None):
        scores["prompt_words"] = worst(_words(conversation, "user"), min_prompt_words, max_prompt_words)
    return Verdict(conversation, scores)


def worst(sizes: list[int], least: int, most: int | None) -> Scored:
    """Of several sizes the one to judge by: the smallest, or the largest where that is bounded."""
    smallest = min(sizes)
    return smallest if most is None or smallest < least else max(sizes), least, most


def _words(conversation: Conversation, role: str) -> list[int]:
    return [
        len(message.content.split()) + len(message.context.split())
        for message in conversation.messages
        if message.role == role
    ]
