"""Whether a reply is the expected one."""

from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.rewards.expected import expected
from pitchpipe_components.text.loosely import loosened


def exact_answer(
    reply: str,
    conversation: pp.Conversation,
    *,
    loosely: Annotated[
        bool, pp.Meta(description="pass over case, spaces, and punctuation around words")
    ] = False,
) -> float:
    """1 for the very reply that the row expects, as exact_match counts it, else 0."""
    answer = expected(conversation)
    if answer is None:
        return 0.0
    if loosely:
        return float(loosened(reply) == loosened(answer))
    return float(reply.strip() == answer.strip())


exact_answer.compares = True  # type: ignore[attr-defined]  # with an expected reply
