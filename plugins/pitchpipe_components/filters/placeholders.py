"""Finds placeholders that nobody filled in."""

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.spoken import everything, replies

PLACEHOLDERS = (
    "[insert",
    "[your ",
    "[company name",
    "[name]",
    "[date]",
    "<insert",
    "<your ",
    "lorem ipsum",
    "example text here",
    "your text here",
    "xxxx",
    "TODO:",
    "FIXME",
)


def placeholders(
    conversation: Conversation,
    *,
    patterns: Annotated[
        tuple[str, ...],
        Meta(description="whole words and phrases; those in capitals match capitals only"),
    ] = PLACEHOLDERS,
    extra: Annotated[tuple[str, ...], Meta(description="more words and phrases")] = (),
    prompts: Annotated[bool, Meta(description="search every message, not only replies")] = False,
    max_placeholders: Annotated[int, Meta(ge=0, description="the most placeholders of a conversation")] = 0,
) -> Verdict:
    """Drops conversations whose replies hold unfilled placeholders: "[insert name]", "lorem ipsum", "TODO:".

    Code in fences or backticks is exempt. "todo" is a Spanish word and people write about a "TODO list", so
    only `TODO:` counts.
    """
    wanted = among(patterns, extra)
    text, low = replies(conversation)
    if prompts:
        text = everything(conversation)
        low = text.lower()
    found = wanted.count(text, low)
    if found and "`" in text:
        text = without_code(text)
        found = wanted.count(text, text.lower())
    return judged(conversation, placeholders=(found, None, max_placeholders))
