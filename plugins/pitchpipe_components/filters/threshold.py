"""Bounds numbers that a row carries: scores, ratings, labels."""

from math import isfinite
from typing import Annotated, Any, Literal

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged


def threshold(
    conversation: Conversation,
    *,
    of: Annotated[
        str,
        Meta(
            min_length=1,
            description="the number's key in meta; dots go deeper: `labels.toxicity.value`",
            extra_json_schema={"x-column": True},  # a name that no row has stops the run
        ),
    ],
    min_value: Annotated[float | None, Meta(description="the smallest number to keep")] = None,
    max_value: Annotated[float | None, Meta(description="the largest number to keep")] = None,
    missing: Annotated[
        Literal["keep", "drop"], Meta(description="what to do with a conversation without the number")
    ] = "keep",
) -> Conversation | Drop | Verdict:
    """Keeps conversations by a number in the row's meta: a rating, a toxicity, a year.

    A text that spells a number counts as the number. Truth values, NaN, infinity and missing entries of a
    list do not count.
    """
    value = _number(_find(conversation.meta, of))
    if value is not None:
        return judged(conversation, value=(value, min_value, max_value))
    return drop(f"no number: {of}") if missing == "drop" else conversation


def _find(value: Any, path: str) -> Any:
    if isinstance(value, dict) and path in value:  # a key may itself hold dots
        return value[path]
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
