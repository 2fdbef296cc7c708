"""Masks personal data in a text: one way of doing it, for data that is prepared and for what is served."""

from collections import Counter
from collections.abc import Collection
from typing import Literal

from pitchpipe_components.text.personal import KINDS, has_number

PersonalKind = Literal["email", "phone", "ip", "iban", "card", "ssn", "secret"]
ALL: tuple[PersonalKind, ...] = ("email", "phone", "ip", "iban", "card", "ssn", "secret")


def masked(text: str, kinds: Collection[str], finds: Counter[str]) -> str:
    """The text with [EMAIL] or the like in place of what is found; `finds` counts it by kind."""
    numbers = has_number(text) is not None
    for kind in KINDS:
        if kind.name in kinds and (numbers or kind.name in ("email", "secret")):
            text, count = kind.sub(text)
            if count:
                finds[kind.name] += count
    return text
