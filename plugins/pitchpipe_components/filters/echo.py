"""Finds replies that repeat the prompt."""

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import replies


def echo(
    conversation: Conversation,
    *,
    max_echo: Annotated[
        float, Meta(ge=0, le=1, description="the largest share of a reply that its prompt may take")
    ] = 0.5,
    min_words: Annotated[int, Meta(ge=1, description="prompts of fewer words are exempt")] = 3,
) -> Verdict:
    """Drops conversations with a reply that mostly repeats its prompt; `max_echo: 0` drops any repetition.

    The score is the share of a reply's characters that the whole user message takes, in any case, in the
    worst turn. A message's context is exempt, since a task may ask to copy it. Short prompts are exempt too:
    "Hello!" may be answered with "Hello!".
    """
    share, prompt, echoed = 0.0, "", ""
    all_replies = replies(conversation)[1]
    for message in conversation.messages:
        if message.role == "user":
            prompt = message.content.strip().lower()
        elif message.role == "assistant" and prompt in all_replies and len(prompt.split()) >= min_words:
            share, echoed = max((share, echoed), (_share(prompt, message.content.strip().lower()), prompt))
    verdict = judged(conversation, echo=(share, None, max_echo))
    return quoting(verdict, lambda: echoed)


def _share(prompt: str, reply: str) -> float:
    return len(prompt) / len(reply) if prompt in reply else 0.0
