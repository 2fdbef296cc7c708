"""Whether a reply comes to the expected number."""

from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.rewards.expected import expected
from pitchpipe_components.text.numbers import last_number


def same_number(
    reply: str,
    conversation: pp.Conversation,
    *,
    marked: Annotated[
        bool, pp.Meta(description="only numbers of the reply behind #### or in \\\\boxed{} count")
    ] = False,
) -> float:
    """1 where the reply comes to the number that the row expects, else 0.

    It is the last number behind #### or in \\boxed{}, or else the last number of all.
    """
    answer = expected(conversation)
    if answer is None:
        return 0.0
    wanted = last_number(answer)
    if wanted is None:
        raise ValueError("the expected reply holds no number")
    return float(last_number(reply, marked) == wanted)


same_number.compares = True  # type: ignore[attr-defined]  # with an expected reply
