"""Scores quality roughly by length, format, relevance and safety; two of the parts are filters too."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.spoken import called, first_prompt, prompts, replies

Share = Annotated[float, Meta(ge=0, le=1)]
BAD_OPENINGS = ("I cannot", "As an AI")
UNSAFE = ("hack", "illegal", "weapon", "drug")

_words = re.compile(r"\w+").findall


def relevance(
    conversation: Conversation,
    *,
    min_relevance: Annotated[
        Share, Meta(description="the least share of the prompts' words that the replies must hold")
    ] = 0.1,
) -> Conversation | Verdict:
    """Drops conversations whose replies hold too few words of the prompts.

    Take the distinct words of all user messages, contexts included: the score is the share that the replies
    and their calls hold. It is low by nature for short answers, for translations, and in scripts without
    spaces. Plain text has no prompt, and is kept; so is a prompt without a reply.
    """
    if conversation.meta.get("plain") is True or not conversation.replies():
        return conversation
    return judged(conversation, relevance=(_overlap(conversation), min_relevance, None))


def format_score(
    conversation: Conversation,
    *,
    openings: Annotated[tuple[str, ...], Meta(description="openings of bad form, as written")] = BAD_OPENINGS,
    min_format_score: Annotated[
        Share, Meta(description="the least format score: 1 for good form, 0.5 for bad form")
    ] = 1.0,
) -> Verdict:
    """Drops conversations of bad form: an empty prompt or reply, or a reply that opens like a refusal."""
    return judged(conversation, format_score=(_form(conversation, openings), min_format_score, None))


def quality(
    conversation: Conversation,
    *,
    min_quality: Annotated[Share, Meta(description="the least mean of the four scores")] = 0.5,
    min_length_score: Annotated[
        Share,
        Meta(description="the least length score: words over `prompt_words`, times words over `reply_words`"),
    ] = 0.0,
    min_form: Annotated[Share, Meta(description="the least form: 1 for good form, 0.5 for bad form")] = 0.0,
    min_overlap: Annotated[
        Share, Meta(description="the least overlap: twice the share of the prompts' words in the replies")
    ] = 0.0,
    min_safety: Annotated[
        Share, Meta(description="the least safety: 0 if a reply holds an unsafe word, else 1")
    ] = 0.0,
    prompt_words: Annotated[
        int, Meta(ge=1, description="a first prompt with this many words is long enough")
    ] = 20,
    reply_words: Annotated[int, Meta(ge=1, description="replies with this many words are long enough")] = 50,
    openings: Annotated[tuple[str, ...], Meta(description="openings of bad form, as written")] = BAD_OPENINGS,
    unsafe: Annotated[
        tuple[str, ...], Meta(description="words and phrases that make a reply unsafe")
    ] = UNSAFE,
) -> Conversation | Verdict:
    """Drops conversations with a low mean of four rough scores: length, format, relevance, safety.

    The filter prefers long prompts and long replies: a correct answer of one word scores low. Use it for data
    of one kind, and look at what it drops before you trust it. A prompt without a reply is kept.
    """
    if not conversation.replies():
        return conversation
    text, low = replies(conversation)
    length = min(len(first_prompt(conversation).split()) / prompt_words, 1.0)
    length *= min((len(text.split()) + len(_calls(conversation).split())) / reply_words, 1.0)
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
    prompt_words = set(_words(prompts(conversation).lower()))
    reply_words = _words(replies(conversation)[1] + "\n" + _calls(conversation).lower())
    return len(prompt_words.intersection(reply_words)) / len(prompt_words) if prompt_words else 0.0


def _calls(conversation: Conversation) -> str:
    return "\n".join([called(message) for message in conversation.messages if message.tool_calls])


def _form(conversation: Conversation, openings: tuple[str, ...]) -> float:
    for message in conversation.messages:
        text = message.content.strip()
        if message.role == "user" and not (text or message.context.strip()):
            return 0.5
        if message.role == "assistant" and (not text or text.startswith(openings)) and not message.tool_calls:
            return 0.5
    return 1.0
