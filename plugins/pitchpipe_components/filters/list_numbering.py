"""Finds lists that are numbered wrongly."""

import re
from itertools import pairwise
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import quoting

_NUMBERS = re.compile(r"^((\d{1,3})[.)][ \t].*)", re.MULTILINE)


def list_numbering(
    conversation: Conversation,
    *,
    max_misnumbered: Annotated[
        int, Meta(ge=0, description='the most pairs of items numbered "1." in a row')
    ] = 0,
) -> Verdict:
    """Drops conversations with a reply that numbers two items in a row "1."; the score counts such pairs.

    Code and indented lists are exempt. Markdown renders such a list well, so `sft_default` omits this filter.
    """
    found: list[str] = []
    for message in conversation.messages:
        text = message.content
        if message.role == "assistant" and text.count("1.") + text.count("1)") > 1:
            found += _misnumbered(without_code(text))
    verdict = judged(conversation, misnumbered=(len(found), None, max_misnumbered))
    return quoting(verdict, lambda: found[0])


def _misnumbered(text: str) -> list[str]:
    """Each two items in a row that are numbered "1."."""
    items = _NUMBERS.findall(text)
    return [f"{one} / {other}" for (one, first), (other, then) in pairwise(items) if first == then == "1"]
