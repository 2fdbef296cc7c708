"""Masks or drops personal data and secrets."""

from collections import Counter
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict
from pitchpipe_components.filters.personal import KINDS, has_number
from pitchpipe_components.text.rewrite import rewrite

Name = Literal["email", "phone", "ip", "iban", "card", "ssn", "secret"]
ALL: tuple[Name, ...] = ("email", "phone", "ip", "iban", "card", "ssn", "secret")


def pii(
    conversation: Conversation,
    *,
    do: Annotated[
        Literal["mask", "drop"],
        Meta(description="mask: put [EMAIL] or the like in its place; drop: drop the conversation"),
    ] = "mask",
    kinds: Annotated[tuple[Name, ...], Meta(description="the kinds to look for")] = ALL,
    max_pii: Annotated[int, Meta(ge=0, description="with `do: drop`, the most finds")] = 0,
) -> Verdict:
    """Masks personal data and secrets in every message and tool call; the score counts the finds.

    The filter finds emails, phone numbers (with a country code, or as written in North America), public IP
    addresses, IBANs and credit cards with a valid check digit, US social security numbers, and keys of
    well-known services. Addresses for examples and tests, private networks, versions and dates are exempt.
    It does not find people's names.
    """
    finds: Counter[str] = Counter()
    edited = rewrite(conversation, lambda text: _masked(text, kinds, finds), calls=True)
    found = sum(finds.values())
    if do == "drop":
        return Verdict(conversation, {"pii": (found, None, max_pii)})
    return Verdict(edited, {"pii": (found, None, None)}, tuple(f"{kind} masked" for kind in finds))


def _masked(text: str, kinds: tuple[Name, ...], finds: Counter[str]) -> str:
    numbers = has_number(text) is not None
    for kind in KINDS:
        if kind.name in kinds and (numbers or kind.name in ("email", "secret")):
            text, count = kind.sub(text)
            if count:
                finds[kind.name] += count
    return text
