"""Chooses vectors greedily so that no two are close. Products of tiles keep memory flat."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Block, PitchpipeError, Related, Sketches

Array = NDArray[Any]
_TILE = 1024  # rows; a fixed number, so that results do not depend on how blocks are cut
_KEPT = 8192  # kept rows to compare with a tile at a time


def near_earlier(reason: str, sketches: Sketches, threshold: float) -> Related:
    """Keeps each row in order unless a kept row is `threshold` close; then it goes because of the closest."""
    kept = _KeptVectors(sketches)
    found: list[tuple[Array, Array, Array]] = [
        (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    ]
    for rows, vectors in _tiles(sketches):
        scores, of = kept.closest(vectors)
        within = vectors @ vectors.T
        _settle(rows, within, scores, of, threshold)
        gone = scores >= threshold
        found.append((rows[gone], of[gone], scores[gone]))
        kept.add(rows[~gone], vectors[~gone])
    rows_gone, kept_by, similarity = (np.concatenate(part) for part in zip(*found, strict=True))
    return Related(reason, rows_gone, kept_by, similarity, threshold)


def _settle(rows: Array, within: Array, scores: Array, of: Array, threshold: float) -> None:
    """Makes the same choice inside one tile: compares a row that stays with the rows after it."""
    close = np.triu(within >= threshold, 1)
    for index in np.flatnonzero(close.any(axis=1)):
        if scores[index] >= threshold:
            continue
        later = np.flatnonzero(close[index] & (within[index] > scores))
        scores[later], of[later] = within[index][later], rows[index]


class _KeptVectors:
    """The vectors that stay, in a file."""

    def __init__(self, sketches: Sketches):
        self._path = sketches.scratch / "kept-vectors"
        self._path.write_bytes(b"")
        self._rows: list[Array] = []

    def add(self, rows: Array, vectors: Array) -> None:
        self._rows.append(rows)
        with open(self._path, "ab") as file:
            vectors.tofile(file)

    def closest(self, vectors: Array) -> tuple[Array, Array]:
        """Returns for each vector the closest kept row and its similarity; of equals, the first row."""
        scores, of = np.full(len(vectors), -np.inf, np.float32), np.full(len(vectors), -1, np.int64)
        rows = np.concatenate([np.zeros(0, np.int64), *self._rows])
        with open(self._path, "rb") as file:
            for start in range(0, len(rows), _KEPT):
                part = np.fromfile(file, np.float32, _KEPT * vectors.shape[1]).reshape(-1, vectors.shape[1])
                products = vectors @ part.T
                best = products.argmax(axis=1)
                top = products[np.arange(len(vectors)), best]
                better = top > scores
                scores[better], of[better] = top[better], rows[start + best[better]]
        return scores, of


def _tiles(sketches: Sketches) -> Iterator[tuple[Array, Array]]:
    """Yields rows and their vectors, a fixed number at a time."""
    rows, vectors = np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    for block in sketches.blocks():
        new_rows, new_vectors = _vectors(block)
        if not len(new_rows):
            continue
        if len(rows) and new_vectors.shape[1] != vectors.shape[1]:
            raise PitchpipeError(
                "the embedder made vectors of different lengths; all its vectors must have one length"
            )
        rows = np.concatenate([rows, new_rows])
        vectors = np.concatenate([vectors.reshape(-1, new_vectors.shape[1]), new_vectors])
        while len(rows) >= _TILE:
            yield rows[:_TILE], vectors[:_TILE]
            rows, vectors = rows[_TILE:], vectors[_TILE:]
    if len(rows):
        yield rows, vectors


def _vectors(block: Block) -> tuple[Array, Array]:
    present = np.flatnonzero(np.diff(block.offsets))
    if not len(present):
        return present, np.zeros((0, 0), np.float32)
    vectors = block.data.view(np.float16).reshape(len(present), -1).astype(np.float32)
    return block.first + present, vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-6)
