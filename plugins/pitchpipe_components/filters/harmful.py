"""Finds phrases that a model should neither say nor be asked."""

from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.harmful_phrases import HARMFUL
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import everything, prompts, replies


def harmful(
    conversation: Conversation,
    *,
    patterns: Annotated[
        tuple[str, ...], Meta(description="whole words and phrases; those in capitals match capitals only")
    ] = HARMFUL,
    extra: Annotated[tuple[str, ...], Meta(description="more words and phrases")] = (),
    of: Annotated[
        Literal["replies", "prompts", "all"], Meta(description="the messages to search")
    ] = "replies",
    max_harmful: Annotated[int, Meta(ge=0, description="the most hits of a conversation")] = 0,
) -> Verdict:
    """Drops conversations with harmful phrases; the score counts the phrases.

    The list is short: replace it by your own. A phrase says little about what is meant, and a refusal that
    repeats the phrase is dropped too. If rows carry labels of their own, use `threshold` instead.
    """
    text, low = replies(conversation)
    if of != "replies":
        text = prompts(conversation) if of == "prompts" else everything(conversation)
        low = text.lower()
    wanted = among(patterns, extra)
    verdict = judged(conversation, harmful=(wanted.count(text, low), None, max_harmful))
    return quoting(verdict, lambda: wanted.quote(text))
