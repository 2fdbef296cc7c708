"""The batches that a rehearsal asks for: the first of training, the largest, the largest of validation."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import pitchpipe as pp


def first(batches: pp.Batches, size: int, count: int) -> list[list[Any]]:
    """The entries of the first batches of an epoch."""
    chosen = list(islice(iter(batches.sampler), size * count))
    entries = [batches.dataset[index] for index in chosen]
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def largest(batches: pp.Batches, lengths: Sequence[int], size: int) -> list[Any]:
    """The entries of the largest batch: the fullest rows, or the longest examples, which some epoch joins."""
    indices = list(batches.sampler)
    tokens = [_tokens(index, lengths) for index in indices]
    order = sorted(range(len(indices)), key=tokens.__getitem__, reverse=True)
    return [batches.dataset[indices[at]] for at in order[:size]]


def largest_held_out(batches: pp.Batches, lengths: Sequence[int], size: int) -> list[Any]:
    """The same of validation, whose examples come one by one in their order."""
    starts = range(0, len(lengths), size)
    widest = max(starts, key=lambda start: max(lengths[start : start + size]), default=0)
    return [batches.validation[index] for index in range(widest, min(widest + size, len(lengths)))]


def _tokens(index: Any, lengths: Sequence[int]) -> int:
    """Numbers below 0 are those of examples of which nothing is learned."""
    return sum(lengths[max(at, ~at)] for at in (index if isinstance(index, list) else [index]))
