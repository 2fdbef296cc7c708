"""Whether the model that answered is the one that was asked: servers add who offers it, or a version."""

import re

_ADDED = re.compile(r"([-@:_](\d[\d.-]*|v\d+|latest|preview|exp))*")


def is_same(asked: str, answered: str) -> bool:
    """gpt-5 is gpt-5-2025-08-07 and openai/gpt-5, and no gpt-5-mini."""
    name, other = _name(asked).removesuffix("-latest"), _name(answered)
    return other.startswith(name) and _ADDED.fullmatch(other[len(name) :]) is not None


def _name(model: str) -> str:
    return model.lower().rstrip("/").rpartition("/")[2]
