"""Replies that say the prompt again."""

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.spoken import replies


def echo(
    conversation: Conversation,
    *,
    max_echo: Annotated[
        float, Meta(ge=0, le=1, description="so much of a reply may be its prompt, word for word")
    ] = 0.5,
    min_words: Annotated[int, Meta(ge=1, description="prompts of fewer words are not looked for")] = 3,
) -> Verdict:
    """Drop replies that are mostly the user's message again; `max_echo: 0` drops all that contain it.

    The score is the share of the reply's characters that the whole message takes, in any case, in the worst
    turn. A message's context is left out: a task may ask to copy it. "Hello!" may be answered with "Hello!".
    """
    share, prompt = 0.0, ""
    said = replies(conversation)[1]
    for message in conversation.messages:
        if message.role == "user":
            prompt = message.content.strip().lower()
        elif message.role == "assistant" and prompt in said and len(prompt.split()) >= min_words:
            share = max(share, _share(prompt, message.content.strip().lower()))
    return judged(conversation, echo=(share, None, max_echo))


def _share(prompt: str, reply: str) -> float:
    return len(prompt) / len(reply) if prompt in reply else 0.0
