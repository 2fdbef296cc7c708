"""Masks or drops personal data and secrets."""

from collections import Counter
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict
from pitchpipe_components.text.masking import ALL, PersonalKind, masked
from pitchpipe_components.text.rewrite import rewrite


def pii(
    conversation: Conversation,
    *,
    do: Annotated[
        Literal["mask", "drop"],
        Meta(description="mask: put [EMAIL] or the like in its place; drop: drop the conversation"),
    ] = "mask",
    kinds: Annotated[tuple[PersonalKind, ...], Meta(description="the kinds to look for")] = ALL,
    max_pii: Annotated[int, Meta(ge=0, description="with `do: drop`, the most finds")] = 0,
) -> Verdict:
    """Masks personal data and secrets in every message and tool call; the score counts the finds.

    The filter finds emails, phone numbers (with a country code, or as written in North America), public IP
    addresses, IBANs and credit cards with a valid check digit, US social security numbers, and keys of
    well-known services. Addresses for examples and tests, private networks, versions and dates are exempt.
    It does not find people's names.
    """
    finds: Counter[str] = Counter()
    edited = rewrite(conversation, lambda text: masked(text, kinds, finds), calls=True)
    found = sum(finds.values())
    if do == "drop":
        return Verdict(conversation, {"pii": (found, None, max_pii)})
    return Verdict(edited, {"pii": (found, None, None)}, tuple(f"{kind} masked" for kind in finds))
