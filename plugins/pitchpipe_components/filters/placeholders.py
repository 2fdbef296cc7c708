"""Finds placeholders that nobody filled in."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.asked import FORM, TRAINING, asks_for, given
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import everything, replies

PLACEHOLDERS = (
    "[insert",
    "[your ",
    "[company name",
    "[name]",
    "[date]",
    "<insert",
    "<your ",
    "lorem ipsum dolor",
    "example text here",
    "your text here",
    "xxxx",
    "TODO:",
    "FIXME",
    "{{name}}",
    "{{author}}",
    "{{company}}",
    "{{user}}",
    "{{char}}",
)
_PLACES = ("[", "<")  # a place that a reader is to fill in
_FIELD = "{{"  # a place that a program is to fill in
_QUOTED = re.compile(r"[\"“][^\"“”\n]{16,300}[\"”]")  # an example of what to say
# The marks of a letter: its places are filled in by whoever sends it.
_LETTER = re.compile(
    r"^[^\w\n]*(?:dear|to whom it may concern|subject:|re:|hi \[|hello \[)|^[^\w\n]*(?:yours(?:,"
    r"| sincerely| truly"
    r"| faithfully)|(?:best|kind"
    r"|warm)\b[^\n.]{0,12}"
    r"regards|regards|sincerely|respectfully|best wishes|warmly|cheers,|thank you,|love,)",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip


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
    """Drops conversations whose replies hold unfilled placeholders: "[insert name]", "{{name}}", "TODO:".

    Exempt are code in fences or backticks, examples in quotes, what a prompt holds as well, places in
    brackets in a letter or where a prompt asks for a text to be filled in, as an email or a speech, and
    fields in braces where a prompt asks for a template.
    "todo" is a Spanish word and people write about a "TODO list", so only `TODO:` counts.
    """
    text, low = replies(conversation)
    if prompts:
        text = everything(conversation)
        low = text.lower()
    wanted, found = among(patterns, extra), 0
    if among(patterns, extra).count(text, low):
        wanted = among(patterns if prompts else _out_of_place(patterns, conversation, text), extra)
        text = _QUOTED.sub(" ", without_code(text))
        found = wanted.count(text, text.lower())
    verdict = judged(conversation, placeholders=(found, None, max_placeholders))
    return quoting(verdict, lambda: wanted.quote(text))


def _out_of_place(patterns: tuple[str, ...], conversation: Conversation, text: str) -> tuple[str, ...]:
    """The placeholders that count in these replies."""
    if asks_for(TRAINING, conversation):
        patterns = tuple(pattern for pattern in patterns if not pattern.startswith(_FIELD))
    if _LETTER.search(text) or asks_for(FORM, conversation):
        patterns = tuple(pattern for pattern in patterns if not pattern.startswith(_PLACES))
    prompt = given(conversation).lower()
    return tuple(pattern for pattern in patterns if pattern.lower() not in prompt)
