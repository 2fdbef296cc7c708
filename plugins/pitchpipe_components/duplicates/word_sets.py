"""Compares rows by the sets of words of one part: what is asked, or what is said."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.duplicates.stored import Stored, numbered

Array = NDArray[Any]
Part = tuple[Array, Array]  # how many words each row has, and all of them
FEW, OF_FEW, OF_MANY = 16, 0.8, 0.5  # the least similarity of two sets of under 16 words, and of larger ones
CLAUSE = 4  # words that say something


def said(stored: Stored, rows: Array) -> Part:
    """The words of each row's replies."""
    asked = stored.asked[rows]
    return stored.words.sizes[rows] - asked, stored.words.of(rows, skip=asked)


def alike(left: Part, right: Part, surely: Array | bool = False) -> Array:
    """Of each pair of sets of words whether they are alike. Two sets without a word are.

    Few words must be alike more than many, but where something else is `surely` alike, or where one set says
    more than the other and nothing else.
    """
    sides = [(numbered(words, sizes) << 1) | side for side, (sizes, words) in enumerate((left, right))]
    keys = np.concatenate(sides)
    keys.sort()
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]  # of each side every word once
    shared, pairs = keys[1:] >> 1 == keys[:-1] >> 1, len(left[0])
    every = np.bincount(keys >> 33, minlength=pairs)
    common = np.bincount(keys[1:][shared] >> 33, minlength=pairs)
    one = np.bincount(keys[keys & 1 == 0] >> 33, minlength=pairs)
    smaller, larger = np.minimum(one, every - one), np.maximum(one, every - one)
    longer = common == smaller  # one says more than the other, and nothing else
    few = (larger < FEW) & ~(longer & (smaller >= CLAUSE)) & ~np.asarray(surely)
    return (common >= np.where(few, OF_FEW, OF_MANY) * (every - common)) | (
        longer & ((smaller >= 2 * CLAUSE) | surely)
    )
