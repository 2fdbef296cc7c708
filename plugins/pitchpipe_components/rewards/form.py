"""What a reply looks like: its length, and whether it is JSON."""

import json
from typing import Annotated

import pitchpipe as pp

Words = Annotated[int, pp.Meta(ge=0)]


def length(
    reply: str,
    conversation: pp.Conversation,
    *,
    min_words: Annotated[
        Words, pp.Meta(description="shorter replies are worth less, none is worth nothing")
    ] = 1,
    max_words: Annotated[
        Words | None, pp.Meta(description="longer replies are worth less, twice as long ones half")
    ] = None,
) -> float:
    """1 for a reply of a length between two bounds; less the further it is from them."""
    words = len(reply.split())
    if words < min_words:
        return words / min_words
    return max_words / words if max_words is not None and words > max_words else 1.0


def is_json(
    reply: str,
    conversation: pp.Conversation,
    *,
    keys: Annotated[list[str], pp.Meta(description="the object must have these keys")] = [],  # noqa: B006
) -> float:
    """1 for a reply that is valid JSON and nothing else; with `keys`, an object that has them."""
    try:
        found = json.loads(reply)
    except ValueError:
        return 0.0
    return float(not keys or (isinstance(found, dict) and set(keys) <= found.keys()))
