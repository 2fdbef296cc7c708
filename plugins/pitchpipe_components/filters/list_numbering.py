"""Lists that are numbered wrongly."""

import re
from itertools import pairwise
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.prose import without_code

_NUMBERS = re.compile(r"^(\d{1,3})[.)][ \t]", re.MULTILINE)


def list_numbering(
    conversation: Conversation,
    *,
    max_misnumbered: Annotated[int, Meta(ge=0, description="as many lists may be numbered wrongly")] = 0,
) -> Verdict:
    """Drop replies with a list that says "1." twice and no "2." between; the score counts those.

    Code and indented lists are left out. Markdown renders such a list well, so that it is off in profiles.
    """
    found = 0
    for message in conversation.messages:
        text = message.content
        if message.role == "assistant" and text.count("1.") + text.count("1)") > 1:
            found += _misnumbered(without_code(text))
    return judged(conversation, misnumbered=(found, None, max_misnumbered))


def _misnumbered(text: str) -> int:
    numbers = _NUMBERS.findall(text)
    return sum(one == other == "1" for one, other in pairwise(numbers))
