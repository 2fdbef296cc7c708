"""How alike rows are in what is their own: their replies, and what no frame of their prompts holds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.duplicates.frames import Frames
from pitchpipe_components.duplicates.minhash import MinHash, spread
from pitchpipe_components.duplicates.stored import Stored, chunks
from pitchpipe_components.duplicates.word_sets import FEW, Part, alike, said
from pitchpipe_components.text.words import Of

Array = NDArray[Any]
NO_WORD = np.uint32(0x9E3779B9)
BANDS, ROWS = 24, 3  # they find 19 of 20 pairs of sets that are half alike


class Own:
    """The own words of rows, and how alike they are. `of` says which parts are compared."""

    def __init__(self, stored: Stored, cluster: Array, of: Of):
        self._stored, self._of = stored, of
        self._frames = Frames(stored, cluster) if of != "reply" else None

    def alike(self, left: Array, right: Array) -> Array:
        """Of each pair whether what is said is alike, and what is asked."""
        same, surely = np.ones(len(left), bool), np.zeros(len(left), bool)
        if self._of == "conversation":
            words = self._stored.words.sizes - self._stored.asked
            surely = np.minimum(words[left], words[right]) >= FEW  # so much is not said twice by chance
            same = self._alike(left, right, self._said, np.zeros(len(left), bool))
            same[~same] = self._cut_off(left[~same], right[~same])
        if self._of != "reply":
            same[same] = self._alike(left[same], right[same], self._asked, surely[same])
        return same

    def _cut_off(self, left: Array, right: Array) -> Array:
        """Of each pair whether one reply begins with the other, after prompts of many words."""
        asked, words = self._stored.asked, self._stored.words
        least = np.minimum(words.sizes[left] - asked[left], words.sizes[right] - asked[right])
        one, other = (words.of(rows, skip=asked[rows], most=least) for rows in (left, right))
        differ = np.bincount(np.repeat(np.arange(len(left)), least)[one != other], minlength=len(left))
        return (differ == 0) & (least > 0) & (np.minimum(asked[left], asked[right]) >= FEW)

    def bands(self, rows: Array) -> Array:
        """Band hashes of what rows have of their own."""
        cuts = chunks(self._stored.words.sizes[rows] + 1)
        return np.concatenate([self._bands(some) for some in np.split(rows, cuts)]).T

    def _bands(self, rows: Array) -> Array:
        parts = [(np.ones(len(rows), np.int64), np.full(len(rows), NO_WORD))]  # so that no set is empty
        parts += [self._asked(rows)] if self._of != "reply" else []
        if self._of != "prompt":
            sizes, words = self._said(rows)
            parts.append((sizes, ~words))  # a word of a reply is another than that of a prompt
        sizes = np.stack([sizes for sizes, _ in parts])
        order = np.argsort(
            np.concatenate([np.repeat(np.arange(len(rows)), size) for size in sizes]), kind="stable"
        )
        values = np.concatenate([values for _, values in parts])
        return MinHash(BANDS, ROWS, 1).bands(sizes.sum(axis=0), values[order])

    def _alike(self, left: Array, right: Array, part: Callable[[Array], Part], surely: Array) -> Array:
        words = self._stored.words.sizes
        cuts = chunks(words[left] + words[right])
        pairs = zip(*(np.split(one, cuts) for one in (left, right, surely)), strict=True)
        return np.concatenate([alike(part(one), part(other), sure) for one, other, sure in pairs])

    def _said(self, rows: Array) -> Part:
        return said(self._stored, rows)

    def _asked(self, rows: Array) -> Part:
        """What of each row's prompt is its own."""
        assert self._frames
        framed, place = self._frames.find(rows)
        sizes = self._stored.asked[rows]
        sizes[framed] = self._frames.sizes[place]
        words, starts = np.empty(sizes.sum(), np.uint32), np.cumsum(sizes) - sizes
        words[spread(starts[framed], sizes[framed])] = self._frames.own(place)
        free = ~framed
        words[spread(starts[free], sizes[free])] = self._stored.words.of(rows[free], most=sizes[free])
        return sizes, words
