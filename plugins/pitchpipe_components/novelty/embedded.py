"""An exact index of texts by their vectors: each text is compared with all the others."""

from collections.abc import Callable, Container
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.novelty.near import Near, checked

Embedder = Callable[[list[str]], NDArray[np.float32]]
DIGITS = 4  # of a cosine: beyond them it may differ between processors


class Embedded:
    """Texts, by the cosine of the vectors that an embedder gives them."""

    def __init__(self, embedder: Embedder, limit: float):
        self.embedder, self.limit = embedder, checked(limit)
        self._count = 0
        self._numbers: list[int] = []  # of the texts that have a vector
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._last: tuple[str, Any] = ("", None)

    def nearest(self, text: str, /, but: Container[int] = ()) -> Near | None:
        if not self._numbers or not text.strip():
            return None
        cosines = self._vectors[: len(self._numbers)] @ self._vector(text)
        scores = cosines.astype(np.float64).round(DIGITS)
        above = np.flatnonzero(scores > self.limit)
        for row in above[np.argsort(-scores[above], kind="stable")].tolist():
            if self._numbers[row] not in but:
                return Near(scores[row].item(), self._numbers[row])
        return None

    def add(self, text: str, /) -> None:
        if text.strip():
            vector, place = self._vector(text), len(self._numbers)
            if place == len(self._vectors):
                room = np.zeros((max(1024, place), len(vector)), np.float32)
                self._vectors = np.concatenate([self._vectors.reshape(-1, len(vector)), room])
            self._vectors[place] = vector
            self._numbers.append(self._count)
        self._count += 1

    def _vector(self, text: str) -> Any:
        if text != self._last[0]:
            self._last = (text, np.asarray(self.embedder([text]), np.float32)[0])
        return self._last[1]
