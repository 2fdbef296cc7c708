"""Finds instructions that a text model cannot serve, and instructions with odd openings."""

from typing import Annotated

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.made_up import (
    BLACKLIST,
    OPENINGS,
    blacklisted,
    blacklisted_words,
    odd_opening,
)
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import first_prompt


def blacklist(
    conversation: Conversation,
    *,
    words: Annotated[
        tuple[str, ...], Meta(description="whole words and phrases; those in capitals match capitals only")
    ] = BLACKLIST,
    extra: Annotated[tuple[str, ...], Meta(description="more words and phrases")] = (),
    openings: Annotated[tuple[str, ...], Meta(description="openings that count as one hit")] = OPENINGS,
    max_blacklisted: Annotated[int, Meta(ge=0, description="the most hits of an instruction")] = 0,
) -> Verdict:
    """Drops conversations whose instruction asks for what text cannot give: "draw", "image", "go to".

    The filter reads only the first user message, without its context. It suits instructions that a model
    made up; people's own instructions may well be about files and maps.
    """
    text = first_prompt(conversation)
    found = blacklisted(text, words, extra, openings)
    verdict = judged(conversation, blacklisted=(found, None, max_blacklisted))
    return quoting(verdict, lambda: blacklisted_words(text, words, extra))


def opening(
    conversation: Conversation,
    *,
    punctuation: Annotated[bool, Meta(description="drop instructions that open with punctuation")] = True,
    non_ascii: Annotated[bool, Meta(description="drop instructions that open outside ASCII")] = False,
) -> Conversation | Drop:
    """Drops conversations whose instruction opens oddly: with punctuation, or outside ASCII.

    A quote, an opening bracket, an inverted mark, a fence, a slash or a number sign may open an instruction.
    """
    odd = odd_opening(first_prompt(conversation), punctuation, non_ascii)
    return drop(odd) if odd else conversation
