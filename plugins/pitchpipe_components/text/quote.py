"""The very words that decided, in one line: what a person needs to judge a filter's judgement."""

import re
from collections.abc import Callable

from pitchpipe import Verdict, replace

_AROUND, _LONGEST = 30, 160  # characters


def quoting(verdict: Verdict, quote: Callable[[], str]) -> Verdict:
    """The verdict; with the words that decided, if it is against the conversation."""
    if verdict.drop is None:
        return verdict
    words = " ".join(quote().split()).encode("utf-8", "backslashreplace").decode()
    return replace(verdict, words=words if len(words) <= _LONGEST else words[:_LONGEST] + "...")


def around(text: str, start: int, end: int) -> str:
    """A stretch of a text with a few words on both sides of it."""
    left, right = max(0, start - _AROUND), end + _AROUND
    if left:
        left += len(text[left:start].partition(" ")[0])
    before, after = text[left:start], text[end:right]
    if right < len(text):
        after = after.rpartition(" ")[0] if " " in after else after
    return before + text[start:end] + after


def first(pattern: re.Pattern[str], low: str, text: str) -> str:
    """The first find of a pattern in a text in lower case, as it is written, with a few words around it."""
    found = pattern.search(low)
    return around(text if len(text) == len(low) else low, *found.span()) if found else ""
