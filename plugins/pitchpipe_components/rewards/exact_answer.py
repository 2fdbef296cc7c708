"""Whether a reply is the expected one."""

import unicodedata
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.rewards.expected import expected


def exact_answer(
    reply: str,
    conversation: pp.Conversation,
    *,
    loosely: Annotated[
        bool, pp.Meta(description="pass over case, punctuation and the number of spaces")
    ] = False,
) -> float:
    """1 for the very reply that the row expects, as exact_match counts it, else 0."""
    answer = expected(conversation)
    if answer is None:
        return 0.0
    said, wanted = reply.strip(), answer.strip()
    return float(_words(said) == _words(wanted) if loosely else said == wanted)


exact_answer.compares = True  # type: ignore[attr-defined]  # with an expected reply


def _words(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    letters = (" " if unicodedata.category(letter).startswith("P") else letter for letter in text.casefold())
    return "".join(letters).split()
