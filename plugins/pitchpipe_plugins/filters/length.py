"""Length in characters and in messages."""

from typing import Annotated

from msgspec import Meta

from pitchpipe import Conversation, Drop, drop

Count = Annotated[int, Meta(ge=0)]


def length(
    conversation: Conversation,
    *,
    min_reply_chars: Annotated[Count, Meta(description="the shortest reply must have as many")] = 1,
    max_reply_chars: Annotated[Count | None, Meta(description="the longest reply may have as many")] = None,
    min_prompt_chars: Annotated[Count, Meta(description="the shortest user message must have as many")] = 1,
    max_prompt_chars: Annotated[
        Count | None, Meta(description="the longest user message may have as many")
    ] = None,
    min_messages: Annotated[Count, Meta(description="the conversation must have as many")] = 2,
    max_messages: Annotated[Count | None, Meta(description="the conversation may have as many")] = None,
) -> Conversation | Drop:
    """Keep conversations whose messages are neither too short nor too long, counted without outer space."""
    said: dict[str, list[int]] = {"user": [], "assistant": []}
    for message in conversation.messages:
        said.setdefault(message.role, []).append(len(message.content.strip()) + len(message.context))
    for name, lengths, least, most in (
        ("reply", said["assistant"], min_reply_chars, max_reply_chars),
        ("prompt", said["user"], min_prompt_chars, max_prompt_chars),
        ("conversation", [len(conversation.messages)], min_messages, max_messages),
    ):
        if lengths and min(lengths) < least:
            return drop(f"{name} too short", score=min(lengths), limit=least)
        if lengths and most is not None and max(lengths) > most:
            return drop(f"{name} too long", score=max(lengths), limit=most)
    return conversation
