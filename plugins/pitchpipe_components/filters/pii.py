"""Personal data and secrets, masked or dropped."""

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
        Literal["mask", "drop"], Meta(description="mask: [EMAIL] in its place; drop: the row")
    ] = "mask",
    kinds: Annotated[tuple[Name, ...], Meta(description="what is looked for")] = ALL,
    max_pii: Annotated[int, Meta(ge=0, description="with `drop`, as many finds there may be")] = 0,
) -> Verdict:
    """Mask what could name a person or open a door, in every message and tool call; the score counts it.

    Emails, phone numbers (with a country's code, or as written in North America), public IP addresses, IBANs
    and credit cards with a right check digit, US social security numbers, keys of well-known services.
    Spared: addresses kept for examples and tests, private networks, versions, dates. Names are not found.
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
