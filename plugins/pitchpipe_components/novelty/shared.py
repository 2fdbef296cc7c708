"""An exact index of texts by the words that they share. It compares a text with few of the others.

Texts that are more alike than the limit share so many words that both have one of them among their rarest
(prefix filtering: Chaudhuri et al. 2006, Bayardo et al. 2007). Words seen later count as rarer: any fixed
order finds the same. Bits of the words tell how many two texts can share at most. What is left is measured.
"""

from array import array
from collections.abc import Container
from functools import cache

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
        self._numbers: dict[str, int] = {}  # of words, as they are first seen
        self._rows: list[Ids] = []
        self._sketched = Sketched()
        self._with: dict[int, array[int]] = {}  # of each rare word the texts that have it
        self._rarest = cache(self._rarest_of)

    def nearest(self, text: str, /, but: Container[int] = ()) -> Near | None:
        ids = self._ids(text)
        found = [self._with[word] for word in self._rare(ids) if word in self._with]
        if not found:
            return None
        size, common = len(ids), self.measure.common(ids)
        best, index = self.limit, -1
        for row in self._sketched.possible(found, ids, self.measure.share, self.limit):
            other = self._rows[row]
            score = self.measure.share(common(other), size, len(other))
            if score > best and row not in but:
                best, index = score, row
        return Near(best, index) if index >= 0 else None

    def add(self, text: str, /) -> None:
        ids = self._ids(text)
        for word in self._rare(ids):
            self._with.setdefault(word, array("i")).append(len(self._rows))
        self._rows.append(array("i", ids))
        self._sketched.add(ids)

    def _ids(self, text: str) -> list[int]:
        numbers = self._numbers
        return [numbers.setdefault(word, len(numbers)) for word in self.measure.words(text)]

    def _rare(self, ids: list[int]) -> set[int]:
        """The rarest words: whatever is too near has one of them among its own rarest."""
        return set(sorted(ids, reverse=True)[: self._rarest(len(ids))]) if ids else set()

    def _rarest_of(self, size: int) -> int:
        """How many of its words a text must show: all but those that it may lack, and one."""
        shortest = next(other for other in range(1, size + 1) if self._near(other, size, other))
        least = next(shared for shared in range(1, shortest + 1) if self._near(shared, size, shortest))
        return size - least + 1

    def _near(self, shared: int, one: int, other: int) -> bool:
        return bool(self.measure.share(shared, one, other) > self.limit)
