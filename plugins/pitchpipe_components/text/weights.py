"""Reads a value that says whether words are learned: true, 0, "false", 0.5."""

from typing import Any

WORDS = {"true": True, "yes": True, "false": False, "no": False}
MOST = 1e9  # no weight is so large
NONE = ("", "nan", "none", "null")


def is_missing(value: Any) -> bool:
    """Whether a value says nothing: null, NaN, an empty text, or one of them as a table writes it."""
    if isinstance(value, str):
        return value.strip().lower() in NONE
    return value is None or (isinstance(value, float) and value != value)


def weight_of(value: Any) -> bool | int | float | None:
    """A switch as a boolean, any other weight as a number; None if the value is neither."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word in WORDS:
            return WORDS[word]
        try:
            value = float(word)
        except ValueError:
            return None
    if isinstance(value, bool):
        return value
    if not isinstance(value, int | float) or not -MOST < value < MOST:  # NaN is in no range
        return None
    return bool(value) if value in (0, 1) else value
