"""A few bits of every text's words: they bound from above how many words two texts share."""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 256
Array = NDArray[Any]


class Sketched:
    """The sizes and bits of texts, in arrays that grow."""

    def __init__(self) -> None:
        self._count = 0
        self._sizes, self._bits = np.zeros(1024, np.int64), np.zeros((1024, BITS // 64), np.uint64)

    def add(self, keys: list[int]) -> None:
        if self._count == len(self._sizes):
            self._sizes = np.concatenate([self._sizes, np.zeros_like(self._sizes)])
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)])
        self._sizes[self._count], self._bits[self._count] = len(keys), bits(keys)
        self._count += 1

    def possible(
        self, found: list["array[int]"], keys: list[int], share: Callable[..., Any], limit: float
    ) -> list[int]:
        """The texts among those found, in order, that may be more alike than the limit.

        A bit that only one of two texts has stands for a word that only one has.
        """
        rows = np.concatenate([np.frombuffer(part, np.int32) for part in found])
        sizes, size = self._sizes[rows], len(keys)
        apart = np.bitwise_count(self._bits[rows] ^ bits(keys)).sum(axis=1, dtype=np.int64)
        most = np.minimum((sizes + size - apart) // 2, np.minimum(sizes, size))
        near: list[int] = np.unique(rows[share(most, size, sizes) > limit]).tolist()
        return near


def bits(keys: list[int]) -> Array:
    """The bits of some words."""
    whole = 0
    for key in keys:
        whole |= 1 << (key % BITS)
    return np.frombuffer(whole.to_bytes(BITS // 8, "little"), np.uint64)
