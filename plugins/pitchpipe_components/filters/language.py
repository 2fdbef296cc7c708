"""Detects the language of replies or prompts."""

from typing import Annotated, Literal

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.language import language_of
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.spoken import prompts, replies

_SAMPLE = 1000  # characters; more do not change the detected language


def language(
    conversation: Conversation,
    *,
    keep: Annotated[
        tuple[str, ...], Meta(min_length=1, description="codes of the languages to keep: [en, de]")
    ],
    min_language_confidence: Annotated[
        float, Meta(ge=0, le=1, description="the detector's least confidence")
    ] = 0.5,
    min_letters: Annotated[int, Meta(ge=1, description="texts of fewer letters are kept")] = 40,
    of: Annotated[Literal["replies", "prompts"], Meta(description="the messages that count")] = "replies",
) -> Conversation | Drop | Verdict:
    """Keeps conversations in the given languages, which a small fastText model detects.

    The model comes inside a Python package, so nothing is downloaded. The filter ignores code, keeps texts
    that are too short to judge, and reads the first 1,000 characters of long ones. A text in two languages
    counts as the language of its larger part.
    """
    text = without_code(prompts(conversation) if of == "prompts" else replies(conversation)[0])
    text = " ".join(text[: 2 * _SAMPLE].split())[:_SAMPLE]
    if len(text) < min_letters or sum(map(str.isalpha, text[: 4 * min_letters])) < min_letters:
        return conversation
    code, confidence = language_of(text)
    if code not in keep:
        return drop(f"language: {code}", score=confidence)
    return judged(conversation, language_confidence=(confidence, min_language_confidence, None))
