"""Masks or refuses personal data and secrets."""

from collections import Counter
from typing import Annotated, Literal

import pitchpipe as pp
from pitchpipe_components.text.masking import ALL, PersonalKind, masked
from pitchpipe_components.text.rewrite import rewrite


class PiiGuard:
    """Masks personal data and secrets, as the filter `pii` does; of answers alone, where `on` is left out.

    It finds emails, phone numbers, public IP addresses, IBANs, credit cards, US social security numbers, and
    keys of well-known services, also in reasoning and in the arguments of calls. It finds no people's names.
    """

    on = ("output",)
    window = 60  # characters: of all with spaces in them the longest is an IBAN, 42

    def __init__(
        self,
        *,
        do: Annotated[
            Literal["mask", "refuse"], pp.Meta(description="mask: put [EMAIL] or the like in its place")
        ] = "mask",
        kinds: Annotated[tuple[PersonalKind, ...], pp.Meta(description="the kinds to look for")] = ALL,
    ):
        self.do, self.kinds = do, kinds

    def __call__(self, conversation: pp.Conversation) -> pp.Conversation | pp.Refusal:
        *before, last = conversation.messages
        finds: Counter[str] = Counter()
        alone = pp.Conversation((last,))
        edited = rewrite(alone, lambda text: masked(text, self.kinds, finds), calls=True)
        if not finds:
            return conversation
        if self.do == "refuse":
            return pp.refuse(f"personal data: {', '.join(sorted(finds))}")
        return pp.replace(conversation, messages=(*before, *edited.messages))
