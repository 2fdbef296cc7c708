"""Placeholders that nobody filled in."""

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
        Meta(description="what counts, as whole words, in any case unless written all in capitals"),
    ] = PLACEHOLDERS,
    extra: Annotated[tuple[str, ...], Meta(description="what counts besides")] = (),
    prompts: Annotated[bool, Meta(description="look into every message, not into replies alone")] = False,
    max_placeholders: Annotated[int, Meta(ge=0, description="as many there may be")] = 0,
) -> Verdict:
    """Drop replies with text that was to be filled in: "[insert name]", "lorem ipsum", "TODO:".

    Code, in fences or in backticks, may hold any of them. "todo" in lower case is a word of Spanish and
    "TODO list" a thing, so that only `TODO:` counts.
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
