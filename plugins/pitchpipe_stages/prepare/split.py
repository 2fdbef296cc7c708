"""Train, validation and test: rows that belong together are on one side."""

import numpy as np
from numpy.typing import NDArray

from pitchpipe_stages.data.likeness import mixed
from pitchpipe_stages.prepare.sections import Split

Hashes = NDArray[np.uint64]
Sides = NDArray[np.uint8]  # a side is its place in SPLITS

CHUNK = 1 << 16  # rows whose points are made at a time
TRAIN = 0
NONE = 255  # on no side: its like is held out by another source


def sides(
    split: Split, prompts: Hashes, groups: Hashes, categories: NDArray[np.int32], pinned: Sides
) -> Sides:
    """Each row's side. `pinned` is the side that its source names, NONE where it names none.

    Rows that share a prompt or a group are one family, and are never parted. A family that a source holds out
    is on no other side: its rows elsewhere are dropped, so that no test is trained on.
    """
    family = families(prompts, groups)
    if split.by == "category":
        side = _by_category(split, family, categories, _points(family, split.seed))
    else:
        side = np.zeros(len(family), np.uint8)
        for start in range(0, len(family), CHUNK):
            point = _points(family[start : start + CHUNK], split.seed)
            part = side[start : start + CHUNK]
            part[point < split.test + split.validation] = 1
            part[point < split.test] = 2
    return _with_pinned(_none_empty(split, side, family, pinned), family, pinned)


def families(prompts: Hashes, groups: Hashes) -> Hashes:
    """One number for all rows that a prompt or a group binds together: the smallest hash among them.

    A row without a group is one by its id, which the group of others may be.
    """
    family = prompts
    names, group = np.unique(groups, return_inverse=True)
    if len(names) == len(groups):
        return family
    _, prompt = np.unique(prompts, return_inverse=True)
    while True:
        before = family
        for of in (prompt, group):
            least = np.full(of.max() + 1, np.iinfo(np.uint64).max, np.uint64)
            np.minimum.at(least, of, family)
            family = least[of]
        if np.array_equal(before, family):
            return family


def _points(family: Hashes, seed: int) -> NDArray[np.float64]:
    """A number from 0 to 1 for each family, another for each seed."""
    seeded = family + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
    return mixed(seeded).astype(np.float64) / 2**64


def _by_category(
    split: Split, family: Hashes, categories: NDArray[np.int32], point: NDArray[np.float64]
) -> Sides:
    """In each category, families in the order of their rows; each to a side that is behind its share.

    Shares are met to within a family; families that come later move none that were there.
    """
    shares = np.array([split.train, split.validation, split.test])
    _, first, member = np.unique(family, return_index=True, return_inverse=True)
    side_of = np.empty(len(first), np.uint8)
    counts: dict[int, NDArray[np.float64]] = {}
    for at in np.argsort(first, kind="stable"):
        row = first[at]
        count = counts.setdefault(int(categories[row]), np.zeros(3))
        behind = np.maximum(shares * (count.sum() + 1) - count, 0)
        side = int(np.searchsorted(np.cumsum(behind / behind.sum()), point[row], side="right"))
        side_of[at] = side = min(side, 2)
        count[side] += 1
    return side_of[member]


def _none_empty(split: Split, side: Sides, family: Hashes, pinned: Sides) -> Sides:
    """Few prompts may leave a side empty that has a share: it gets the prompt whose point lies nearest.

    No prompt moves where every side has one, and none leaves a side that has no other.
    """
    shares = ((TRAIN, split.train), (2, split.test), (1, split.validation))
    empty = [one for one, share in shares if share and not ((side == one) | (pinned == one)).any()]
    if not empty:
        return side
    free = ~np.isin(family, family[pinned != NONE])
    names, first = np.unique(family[free], return_index=True)
    of, point = side[free][first], _points(names, split.seed)
    for one in empty:
        others = np.flatnonzero(of == np.bincount(of, minlength=3).argmax())
        if len(others) > 1:
            nearest = point[others].argmax() if one == TRAIN else point[others].argmin()
            of[others[nearest]] = one
    side[free] = of[np.searchsorted(names, family[free])]
    return side


def _with_pinned(side: Sides, family: Hashes, pinned: Sides) -> Sides:
    """A source's own side for its rows. What it holds out is held out everywhere."""
    free = pinned == NONE
    if free.all():
        return side
    held_out = np.unique(family[(pinned != NONE) & (pinned != TRAIN)])
    clash = np.isin(family, held_out) & (free | (pinned == TRAIN))
    return np.where(clash, NONE, np.where(free, side, pinned)).astype(np.uint8)
