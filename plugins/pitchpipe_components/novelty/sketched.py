"""A few bits of every text's words: they bound from above how many words two texts share."""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORDS = 16  # of 64 bits each: enough for texts of some hundred words
Array = NDArray[Any]
Share = Callable[[Any, Any, Any], Any]


class Sketched:
    """The sizes and bits of texts, in arrays that grow."""

    def __init__(self) -> None:
        self._count = 0
        self._sizes, self._first = np.zeros(1024, np.int64), np.zeros(1024, np.uint64)
        self._bits = np.zeros((1024, WORDS), np.uint64)

    def add(self, ids: list[int]) -> None:
        if self._count == len(self._sizes):
            self._sizes, self._first, self._bits = (
                np.concatenate([old, np.zeros_like(old)]) for old in (self._sizes, self._first, self._bits)
            )
        own = bits(ids)
        self._sizes[self._count], self._first[self._count], self._bits[self._count] = len(ids), own[0], own
        self._count += 1

    def possible(self, found: list["array[int]"], ids: list[int], share: Share, limit: float) -> list[int]:
        """The texts among those found, in order, that may be more alike than the limit.

        A bit that only one of two texts has stands for a word that only one has. A few bits rule out most.
        """
        rows = np.concatenate([np.frombuffer(part, np.int32) for part in found])
        own, size = bits(ids), len(ids)
        for whole in (False, True):
            if whole:
                apart = np.bitwise_count(self._bits[rows] ^ own).sum(axis=1, dtype=np.int64)
            else:
                apart = np.bitwise_count(self._first[rows] ^ own[0]).astype(np.int64)
            sizes = self._sizes[rows]
            most = np.minimum((sizes + size - apart) // 2, np.minimum(sizes, size))
            rows = rows[share(most, size, sizes) > limit]
            if not len(rows):
                return []
        near: list[int] = np.unique(rows).tolist()
        return near


def bits(ids: list[int]) -> Array:
    """The bits of some words."""
    whole = bytearray(8 * WORDS)
    for word in ids:
        whole[(word >> 3) % (8 * WORDS)] |= 1 << (word & 7)
    return np.frombuffer(whole, np.uint64)
