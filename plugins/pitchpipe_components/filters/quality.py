"""A rough score of quality, made of length, format, relevance and safety; and two of its parts alone."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.spoken import first_prompt, prompts, replies

Share = Annotated[float, Meta(ge=0, le=1)]
BAD_OPENINGS = ("I cannot", "As an AI")
UNSAFE = ("hack", "illegal", "weapon", "drug")

_words = re.compile(r"\w+").findall


def relevance(
    conversation: Conversation,
    *,
    min_relevance: Annotated[
        Share, Meta(description="so many of the prompt's words must come back in the reply")
    ] = 0.1,
) -> Verdict:
    """Drop replies that take up too few words of what was asked.

    The score is the share of the different words of all user messages, contexts included, that stand in any
    reply. It is low by nature for short answers, for translations, and in scripts without spaces.
    """
    return judged(conversation, relevance=(_overlap(conversation), min_relevance, None))


def format_score(
    conversation: Conversation,
    *,
    openings: Annotated[tuple[str, ...], Meta(description="no reply may open so, as written")] = BAD_OPENINGS,
    min_format_score: Annotated[Share, Meta(description="1 for a good form, 0.5 for a bad one")] = 1.0,
) -> Verdict:
    """Drop conversations of bad form: an empty prompt or reply, or a reply that opens like a refusal."""
    return judged(conversation, format_score=(_form(conversation, openings), min_format_score, None))


def quality(
    conversation: Conversation,
    *,
    min_quality: Annotated[Share, Meta(description="the mean of the four scores must reach it")] = 0.5,
    min_length_score: Annotated[
        Share, Meta(description="the words of prompt and reply, against those below, must reach it")
    ] = 0.0,
    min_form: Annotated[Share, Meta(description="1 for a good form, 0.5 for a bad one")] = 0.0,
    min_overlap: Annotated[
        Share, Meta(description="twice the share of the prompt's words in the reply must reach it")
    ] = 0.0,
    min_safety: Annotated[Share, Meta(description="0 where a reply holds an unsafe word, else 1")] = 0.0,
    prompt_words: Annotated[
        int, Meta(ge=1, description="a first prompt of as many words is long enough")
    ] = 20,
    reply_words: Annotated[int, Meta(ge=1, description="replies of as many words are long enough")] = 50,
    openings: Annotated[tuple[str, ...], Meta(description="no reply may open so, as written")] = BAD_OPENINGS,
    unsafe: Annotated[
        tuple[str, ...], Meta(description="words and phrases that make a reply unsafe")
    ] = UNSAFE,
) -> Verdict:
    """Drop conversations that four rough scores together find poor: length, format, relevance, safety.

    It prefers long prompts and long replies, so that a right answer of one word scores low. Use it for data
    of one kind, and look at what it drops before you trust it.
    """
    text, low = replies(conversation)
    length = min(len(first_prompt(conversation).split()) / prompt_words, 1.0)
    length *= min(len(text.split()) / reply_words, 1.0)
    form = _form(conversation, openings)
    overlap = min(2 * _overlap(conversation), 1.0)
    safety = 0.0 if among(unsafe).count(text, low) else 1.0
    return judged(
        conversation,
        quality=((length + form + overlap + safety) / 4, min_quality, None),
        length_score=(length, min_length_score, None),
        form=(form, min_form, None),
        overlap=(overlap, min_overlap, None),
        safety=(safety, min_safety, None),
    )


def _overlap(conversation: Conversation) -> float:
    asked = set(_words(prompts(conversation).lower()))
    answered = _words(replies(conversation)[1])
    return len(asked.intersection(answered)) / len(asked) if asked else 0.0


def _form(conversation: Conversation, openings: tuple[str, ...]) -> float:
    for message in conversation.messages:
        text = message.content.strip()
        if message.role == "user" and not (text or message.context.strip()):
            return 0.5
        if message.role == "assistant" and (not text or text.startswith(openings)) and not message.tool_calls:
            return 0.5
    return 1.0
