"""Finds near duplicates: equal band hashes propose pairs, shingles and words decide, then preference.

Rows that are alike as a whole make clusters; in each, rows whose own words are alike make smaller ones.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Related, Sketches
from pitchpipe_components.duplicates.own import Own
from pitchpipe_components.duplicates.stored import Stored
from pitchpipe_components.text.words import Of

Array = NDArray[Any]
# In a group of rows with one band hash, each row is paired with the first and with the 8 before it. So 10,000
# copies make 90,000 pairs, not 50 million. Similar rows still meet, because they share several bands.
NEIGHBOURS = 8
Measure = Callable[[Array, Array], Array]  # of pairs of rows


def less_preferred(reason: str, sketches: Sketches, bands: int, threshold: float, of: Of) -> Related:
    """Returns the rows that are like a preferred row that stays: by `threshold`, and in what is their own."""
    stored = Stored(sketches, bands)
    whole = _clusters(len(stored.rows), map(stored.band, range(bands)), stored.similarity, threshold)
    crowded = np.flatnonzero(np.bincount(whole, minlength=len(whole))[whole] > 1)
    own = Own(stored, whole, of)

    def measure(left: Array, right: Array) -> Array:
        left, right = crowded[left], crowded[right]
        scores = np.full(len(left), -1.0)
        near = np.flatnonzero(whole[left] == whole[right])
        scores[near] = stored.similarity(left[near], right[near])
        near = near[scores[near] >= threshold]
        scores[near[~own.alike(left[near], right[near])]] = -1
        return scores

    cluster = _clusters(len(crowded), own.bands(crowded), measure, threshold)
    gone, kept, scores = _settled(cluster, stored.ranks[crowded], measure, threshold)
    order = np.argsort(gone)
    rows = stored.rows[crowded]
    return Related(reason, rows[gone[order]], rows[kept[order]], scores[order], threshold)


def _clusters(count: int, bands: Iterable[Array], measure: Measure, threshold: float) -> Array:
    """Returns for each row the first row of its cluster; pairs of similar rows connect a cluster."""
    cluster = np.arange(count)
    for band in bands:
        for left, right in _proposed(band):
            apart = cluster[left] != cluster[right]
            left, right = left[apart], right[apart]
            alike = measure(left, right) >= threshold
            _unite(cluster, left[alike], right[alike])
    return cluster


def _proposed(hashes: Array) -> Iterator[tuple[Array, Array]]:
    """Yields pairs with equal hashes: each row with the first of its hash, and with up to 8 before it."""
    order = _together(hashes)
    hashes = hashes[order]
    begins = np.append(True, hashes[1:] != hashes[:-1])[: len(order)]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    yield order, order[first]
    for distance in range(1, min(NEIGHBOURS + 1, len(order))):
        before = np.arange(len(order) - distance)
        together = (first[distance:] == first[:-distance]) & (before != first[:-distance])
        if not together.any():
            return
        yield order[distance:][together], order[:-distance][together]


def _together(hashes: Array) -> Array:
    """The rows that share their hash with another, those of one hash together and in order.

    Sorting numbers is several times as fast as sorting rows by them: a row's number takes the place of the
    hash's last bits, and only the few rows whose first bits are shared are sorted by all of them.
    """
    last = np.uint64((1 << len(hashes).bit_length()) - 1)
    keys = np.sort((hashes & ~last) | np.arange(len(hashes), dtype=np.uint64))
    starts, order = keys & ~last, (keys & last).astype(np.int64)
    repeats = np.zeros(len(order) + 1, bool)
    repeats[1:-1] = starts[1:] == starts[:-1]
    order = order[repeats[1:] | repeats[:-1]]
    return order[np.argsort(hashes[order], kind="stable")]


def _unite(cluster: Array, left: Array, right: Array) -> None:
    """Gives connected rows one cluster number, the lowest of theirs."""
    while len(left):
        low, high = np.minimum(cluster[left], cluster[right]), np.maximum(cluster[left], cluster[right])
        apart = low != high
        left, right = left[apart], right[apart]
        cluster[high[apart]] = low[apart]  # the last of several counts; the loop repeats the others
        while (cluster != cluster[cluster]).any():
            cluster[:] = cluster[cluster]


def _settled(cluster: Array, ranks: Array, measure: Measure, threshold: float) -> tuple[Array, Array, Array]:
    """Decides in all clusters at once: the preferred row stays, rows like it go; repeats with the others."""
    crowded = np.flatnonzero(np.bincount(cluster, minlength=len(cluster))[cluster] > 1)
    open_rows = crowded[np.lexsort((crowded, -ranks[crowded], cluster[crowded]))]
    settled = [(open_rows[:0], open_rows[:0], np.zeros(0))]
    while len(open_rows):
        begins = np.insert(np.diff(cluster[open_rows]) != 0, 0, True)
        kept = open_rows[begins][np.cumsum(begins) - 1][~begins]
        open_rows = open_rows[~begins]
        scores = measure(open_rows, kept)
        alike = scores >= threshold
        settled.append((open_rows[alike], kept[alike], scores[alike]))
        open_rows = open_rows[~alike]
    gone, of, scores = (np.concatenate(part) for part in zip(*settled, strict=True))
    return gone, of, scores
