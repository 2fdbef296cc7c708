"""Finds the place of tokens that were cut from a conversation."""

from collections.abc import Sequence
from itertools import takewhile

from pitchpipe_tools.peek.tokens import Token


def cut_index(kept: list[int], whole: list[int], tokens: Sequence[Token]) -> int | None:
    """The index in the whole at which the cut tokens begin; None if nothing was cut.

    Several indices fit if the cut tokens begin or end like the tokens around them. The index at which a turn
    begins comes first.
    """
    if len(kept) >= len(whole):
        return None
    from_start, from_end = _equal(kept, whole), _equal(kept[::-1], whole[::-1])
    places = range(len(kept) - from_end, from_start + 1)
    return next((place for place in places if _begins_turn(tokens, place)), places[0] if places else None)


def _equal(left: list[int], right: list[int]) -> int:
    """The number of equal ids at the start of two lists."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def _begins_turn(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    return tokens[index].control and (before is None or before.stop or (before.text or "").isspace())
