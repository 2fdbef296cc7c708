"""Numbers that a row brings with it: its own scores, ratings, labels."""

from math import isfinite
from typing import Annotated, Any, Literal

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged


def threshold(
    conversation: Conversation,
    *,
    of: Annotated[
        str, Meta(min_length=1, description="the number's key in meta; `labels.toxicity.value` goes deep")
    ],
    min_value: Annotated[float | None, Meta(description="the number must reach it")] = None,
    max_value: Annotated[float | None, Meta(description="the number may reach it")] = None,
    missing: Annotated[
        Literal["keep", "drop"], Meta(description="what happens to a row without the number")
    ] = "keep",
) -> Conversation | Drop | Verdict:
    """Keep conversations by any number that the row carries in its meta: a rating, a toxicity, a year.

    Digits in a text count as a number. Truth values, NaN and infinity do not, nor does an entry of a list
    that is not there.
    """
    value = _number(_find(conversation.meta, of))
    if value is not None:
        return judged(conversation, value=(value, min_value, max_value))
    return drop(f"no number: {of}") if missing == "drop" else conversation


def _find(found: Any, path: str) -> Any:
    if isinstance(found, dict) and path in found:  # a key may hold dots itself
        return found[path]
    for step in path.split("."):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _number(found: Any) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
