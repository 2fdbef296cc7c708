"""An exact index of texts by the words that they share. It compares a text with few of the others.

Texts that are more alike than the limit share so many words that both have one of them among their rarest
(prefix filtering: Chaudhuri et al. 2006, Bayardo et al. 2007). A word that comes again counts as another one,
and words seen later count as rarer: any fixed order finds the same. Bits of the words tell how many two texts
can share at most. What is left is measured.
"""

from array import array
from collections.abc import Container
from functools import cache
from typing import Any

from pitchpipe_components.novelty.measures import JACCARD, ROUGE_L, Ids, WordMeasure
from pitchpipe_components.novelty.near import Near, checked
from pitchpipe_components.novelty.sketched import Sketched


def rouge_l(limit: float) -> "SharedWords":
    return SharedWords(ROUGE_L, limit)


def jaccard(limit: float) -> "SharedWords":
    return SharedWords(JACCARD, limit)


class SharedWords:
    """Texts, by a measure of the words that they share."""

    def __init__(self, measure: WordMeasure, limit: float):
        self.measure, self.limit = measure, checked(limit)
        self._ids: dict[Any, int] = {}  # of each word, and of its second, third, ... time in a text
        self._rows: list[Ids] = []
        self._sketched = Sketched()
        self._with: dict[int, array[int]] = {}  # of each rare word the texts that have it
        self._rarest = cache(self._rarest_of)

    def nearest(self, text: str, /, but: Container[int] = ()) -> Near | None:
        ids, keys = self._read(text)
        found = [self._with[key] for key in self._rare(keys) if key in self._with]
        if not found:
            return None
        size, common = len(ids), self.measure.common(ids)
        best, index = self.limit, -1
        for row in self._sketched.possible(found, keys, self.measure.share, self.limit):
            other = self._rows[row]
            score = self.measure.share(common(other), size, len(other))
            if score > best and row not in but:
                best, index = score, row
        return Near(best, index) if index >= 0 else None

    def add(self, text: str, /) -> None:
        ids, keys = self._read(text)
        for key in self._rare(keys):
            self._with.setdefault(key, array("i")).append(len(self._rows))
        self._rows.append(array("i", ids))
        self._sketched.add(keys)

    def _read(self, text: str) -> tuple[list[int], list[int]]:
        """A text's words as numbers; and the same with numbers of their own for words that come again."""
        number, seen = self._ids, dict[str, int]()
        ids, keys = [], []
        for word in self.measure.words(text):
            ids.append(number.setdefault(word, len(number)))
            if times := seen.get(word, 0):
                keys.append(number.setdefault((word, times), len(number)))
            else:
                keys.append(ids[-1])
            seen[word] = times + 1
        return ids, keys

    def _rare(self, keys: list[int]) -> list[int]:
        """The rarest words: whatever is too near has one of them among its own rarest."""
        return sorted(keys, reverse=True)[: self._rarest(len(keys))] if keys else []

    def _rarest_of(self, size: int) -> int:
        """How many of its words a text must show: all but those that it may lack, and one."""
        shortest = next(other for other in range(1, size + 1) if self._near(other, size, other))
        least = next(shared for shared in range(1, shortest + 1) if self._near(shared, size, shortest))
        return size - least + 1

    def _near(self, shared: int, one: int, other: int) -> bool:
        return bool(self.measure.share(shared, one, other) > self.limit)
