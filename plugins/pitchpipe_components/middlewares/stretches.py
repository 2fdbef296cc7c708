"""Answers as a cache keeps them: few stretches with the same words as many, and as bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

import msgspec

import pitchpipe as pp

WHOLE = frozenset({"stop", "length", "tool_calls"})  # what a guard has cut is asked again
_READ = msgspec.msgpack.Decoder(list[pp.Said])


def are_whole(said: Sequence[pp.Said], count: int) -> bool:
    """Whether all answers that were asked for are there, each to its end."""
    ends = [(one.index, one.end) for one in said if one.end]
    return sorted(index for index, _ in ends) == list(range(count)) and {end for _, end in ends} <= WHOLE


def packed(said: Iterable[pp.Said]) -> bytes:
    return msgspec.msgpack.encode(joined(said))


def unpacked(content: bytes) -> list[pp.Said] | None:
    """The stretches; nothing where another version wrote them."""
    try:
        return _READ.decode(content)
    except msgspec.DecodeError:
        return None


def joined(said: Iterable[pp.Said]) -> list[pp.Said]:
    """Stretches of one answer in their order, thoughts, words and calls apart; then those of the next."""
    answers = sorted(said, key=lambda one: one.index)
    return [_one(list(some)) for _, some in groupby(_with_kind(answers), key=lambda pair: pair[0])]


def _with_kind(said: Iterable[pp.Said]) -> Iterable[tuple[tuple[int, int], pp.Said]]:
    """Each stretch with the number of its answer and of its part. Empty ones belong to what was before."""
    part, before = 0, (-1, "")
    for one in said:
        kind = "thought" if one.reasoning else "call" if one.calls else "word" if one.text else before[1]
        part += (one.index, kind) != before
        before = (one.index, kind)
        yield (one.index, part), one


def _one(pairs: list[tuple[tuple[int, int], pp.Said]]) -> pp.Said:
    """What a cache says of itself is said anew each time."""
    return replace(pp.Said.joined([said for _, said in pairs]), cache="")
