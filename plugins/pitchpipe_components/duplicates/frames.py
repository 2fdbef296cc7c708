"""Finds the frames of prompts: words in a row that rows with other replies share.

Rows that share a long prompt are alike by most of their words: worked examples, an instruction, a document.
In a cluster of such rows, what is shared by rows with different replies tells none of them from another.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.duplicates.minhash import spread
from pitchpipe_components.duplicates.stored import Stored, chunks
from pitchpipe_components.duplicates.word_sets import alike, said
from pitchpipe_components.text.shingles import mixed

Array = NDArray[Any]
GRAM = 5  # words in a row
LEAST, SHARE = 2, 0.03  # of the rows that share them, how many must not have the most common reply
SAMPLE = 256  # rows of a cluster that are looked at
LEADERS = 3  # replies of a cluster that its others are compared with


class Frames:
    """The rows whose prompts have a frame, and the words that are left of their prompts."""

    def __init__(self, stored: Stored, cluster: Array):
        found = [part for rows, number in _crowded(cluster) for part in _left(stored, rows, number)]
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32))
        rows, sizes, self._words = (np.concatenate(part) for part in zip(nothing, *found, strict=True))
        order = np.argsort(rows)
        self._rows, self.sizes = rows[order], sizes[order]
        self._starts = (np.cumsum(sizes) - sizes)[order]

    def find(self, rows: Array) -> tuple[Array, Array]:
        """Which of some rows have a frame; and the places of these."""
        place = np.searchsorted(self._rows, rows)
        framed = np.append(self._rows, -1)[place] == rows
        return framed, place[framed]

    def own(self, places: Array) -> Array:
        """The words that are left of the prompts at these places."""
        return self._words[spread(self._starts[places], self.sizes[places])]


def _crowded(cluster: Array) -> Iterator[tuple[Array, Array]]:
    """The rows of clusters of three and more, cluster by cluster, and the number of each one's cluster."""
    crowd = np.bincount(cluster, minlength=len(cluster))[cluster]
    rows = np.flatnonzero(crowd > LEAST)
    if len(rows):
        rows = rows[np.argsort(cluster[rows], kind="stable")]
        yield rows, np.cumsum(np.diff(cluster[rows], prepend=cluster[rows[0]]) != 0)


def _left(stored: Stored, rows: Array, number: Array) -> Iterator[tuple[Array, Array, Array]]:
    """Of the rows that have a frame: their numbers, how many words are left, and these words."""
    sample = _sample(number)
    some, of = rows[sample], number[sample]
    replies = _replies(stored, some, of)
    clusters, _, others = _others(of, replies)
    varied = np.isin(of, clusters[others >= LEAST])
    some, of, replies = some[varied], of[varied], replies[varied]
    sizes = np.bincount(of, stored.asked[some]).astype(np.int64) if len(of) else of
    for numbers in np.split(np.arange(len(sizes)), chunks(sizes)):
        mine = np.isin(of, numbers)
        frames = _frames(stored, some[mine], of[mine], replies[mine])
        members = np.flatnonzero(np.isin(number, frames >> 32))
        for part in np.split(members, chunks(stored.asked[rows[members]])):
            yield _without(stored, rows[part], number[part], frames)


def _sample(number: Array) -> Array:
    """Rows of each cluster, all of a small one, at even distances."""
    size = np.bincount(number)[number]
    place = np.arange(len(number)) - np.searchsorted(number, number)
    return np.flatnonzero(place * SAMPLE // size != (place - 1) * SAMPLE // size)


def _replies(stored: Stored, rows: Array, number: Array) -> Array:
    """A name for each row's reply. Those like one of the first few of their cluster share its name."""
    sizes, words = said(stored, rows)
    sums = np.append(np.uint64(0), np.cumsum(mixed(words.astype(np.uint64)), dtype=np.uint64))
    ends = np.cumsum(sizes)
    names, left = sums[ends] - sums[ends - sizes], np.arange(len(rows))
    for _ in range(LEADERS):
        begins = np.diff(number[left], prepend=-1) != 0
        leader = left[begins][np.cumsum(begins) - 1]
        cuts = chunks(sizes[left] + sizes[leader])
        pairs = zip(np.split(left, cuts), np.split(leader, cuts), strict=True)
        same = np.concatenate(
            [alike(said(stored, rows[one]), said(stored, rows[other])) for one, other in pairs]
        )
        names[left[same]] = names[leader[same]]
        left = left[~same]
    return names


def _others(keys: Array, replies: Array) -> tuple[Array, Array, Array]:
    """Each key, its rows, and how many of them have another reply than the most common one."""
    order = np.lexsort((replies, keys))
    keys, replies = keys[order], replies[order]
    runs = np.flatnonzero(
        np.append(True, (keys[1:] != keys[:-1]) | (replies[1:] != replies[:-1]))[: len(keys)]
    )
    sizes = np.diff(runs, append=len(keys))
    begins = np.flatnonzero(np.append(True, np.diff(keys[runs]) != 0)[: len(runs)])
    if not len(begins):
        return keys, keys, keys
    every = np.add.reduceat(sizes, begins)
    return keys[runs][begins], every, every - np.maximum.reduceat(sizes, begins)


def _frames(stored: Stored, rows: Array, number: Array, replies: Array) -> Array:
    """The grams that are frames, sorted, with the number of their cluster above them."""
    row, keys, _ = _grams(stored, rows, number)
    order = np.lexsort((row, keys))
    row, keys = row[order], keys[order]
    once = np.append(True, (row[1:] != row[:-1]) | (keys[1:] != keys[:-1]))[: len(keys)]
    keys, every, others = _others(keys[once], replies[row[once]])
    return keys[(others >= LEAST) & (others >= SHARE * every)]


def _grams(stored: Stored, rows: Array, number: Array) -> tuple[Array, Array, Array]:
    """Each five words in a row of a prompt: its row, its key, and where it begins among all words."""
    sizes = stored.asked[rows]
    words = stored.words.of(rows, most=sizes).astype(np.uint64)
    row = np.repeat(np.arange(len(rows)), sizes)
    places = max(len(words) - GRAM + 1, 0)
    rolled = words[:places]
    for step in range(1, GRAM):
        rolled = mixed(rolled + words[step : places + step])
    within = np.flatnonzero(row[:places] == row[GRAM - 1 :])
    row = row[within]
    return row, (number[row].astype(np.uint64) << 32) | (rolled[within] >> 32), within


def _without(stored: Stored, rows: Array, number: Array, frames: Array) -> tuple[Array, Array, Array]:
    """The rows that hold frames, and the words of their prompts outside of them."""
    row, keys, begins = _grams(stored, rows, number)
    framed = np.append(frames, 0)[np.searchsorted(frames, keys)] == keys
    sizes = stored.asked[rows]
    outside = np.ones(sizes.sum(), bool)
    outside[(begins[framed][:, None] + np.arange(GRAM)).ravel()] = False
    holds = np.zeros(len(rows), bool)
    holds[row[framed]] = True
    outside &= np.repeat(holds, sizes)
    left = np.bincount(np.repeat(np.arange(len(rows)), sizes)[outside], minlength=len(rows))
    return rows[holds], left[holds], stored.words.of(rows, most=sizes)[outside]
