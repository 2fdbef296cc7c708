"""Compares rows by the sets of words of one part: what is asked, or what is said."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.duplicates.stored import Stored, numbered

Array = NDArray[Any]
Part = tuple[Array, Array]  # how many words each row has, and all of them
FEW, OF_FEW, OF_MANY = 16, 0.8, 0.5  # the least similarity of two sets of under 16 words, and of larger ones


def said(stored: Stored, rows: Array) -> Part:
    """The words of each row's replies."""
    asked = stored.asked[rows]
    return stored.words.sizes[rows] - asked, stored.words.of(rows, skip=asked)


def alike(left: Part, right: Part) -> Array:
    """Of each pair of sets of words whether they are alike. Two sets without a word are."""
    keys = [
        np.unique((numbered(words, sizes) << 1) | side) for side, (sizes, words) in enumerate((left, right))
    ]
    every = np.sort(np.concatenate(keys))
    pairs = len(left[0])
    one, other = (np.bincount(key >> 33, minlength=pairs) for key in keys)
    both = every >> 1
    common = np.bincount(both[1:][both[1:] == both[:-1]] >> 32, minlength=pairs)
    least = np.where(np.maximum(one, other) < FEW, OF_FEW, OF_MANY)
    return common >= least * (one + other - common)
