"""Evaluation sets as an index of n-grams. They are small; the training data streams past them."""

import warnings
from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pitchpipe import PitchpipeError
from pitchpipe_components.text.words import plain

LEAST = 4  # words: shorter items stand in too many texts by chance
Words = list[bytes]

_LONGEST = 1 << 20  # words of an item: a place is item x this + position


class Found(NamedTuple):
    """An item of which a text has words: the share of them that is covered, and the longest run."""

    item: str
    covered: float
    run: int


class EvaluationSets:
    """Where each n-gram of each item stands, and short items whole."""

    def __init__(self, sets: dict[str, Path], fields: tuple[str, ...], ngram: int):
        self._ngram, self._step = ngram, ngram // 2
        self._names: list[str] = []
        self._lengths: list[int] = []
        self._short: dict[bytes, list[tuple[str, bytes]]] = defaultdict(list)  # a word to (name, item)
        self._anchors: set[int] = set()
        hashes, places = array("q"), array("q")
        for name, path in sets.items():
            self._add_set(name, path, fields, hashes, places)
        order = np.argsort(np.asarray(hashes), kind="stable")
        self._hashes, self._places = np.asarray(hashes)[order], np.asarray(places)[order]

    def may_hold(self, words: Words) -> bool:
        """Whether it is worth looking closer. It never says no to a text that holds an n-gram.

        Any n words in a row hold a shorter gram that begins at a multiple of `step`: only those are hashed.
        """
        size = self._ngram - self._step + 1
        grams = zip(*[words[start :: self._step] for start in range(size)], strict=False)
        return not self._anchors.isdisjoint(map(hash, grams)) or not self._short.keys().isdisjoint(words)

    def find(self, words: Words) -> list[Found]:
        """The items that a text has words of, the most covered first."""
        matches: dict[int, list[tuple[int, int]]] = defaultdict(list)
        grams = np.fromiter(_grams(words, self._ngram), np.int64)
        left, right = (np.searchsorted(self._hashes, grams, side) for side in ("left", "right"))
        for at in np.flatnonzero(left < right).tolist():
            for place in self._places[left[at] : right[at]].tolist():
                item, position = divmod(place, _LONGEST)
                matches[item].append((position - at, position))
        found = [self._found(item, pairs) for item, pairs in matches.items()]
        return sorted(found + self._whole(words), key=lambda one: (-one.covered, -one.run, one.item))

    def _found(self, item: int, pairs: list[tuple[int, int]]) -> Found:
        covered = {position + step for _, position in pairs for step in range(self._ngram)}
        run = longest = 0
        before = (0, -1)
        for pair in sorted(pairs):  # neighbours on one diagonal are neighbours in both texts
            run = run + 1 if pair == (before[0], before[1] + 1) else 1
            longest, before = max(longest, run), pair
        return Found(self._names[item], len(covered) / self._lengths[item], longest + self._ngram - 1)

    def _whole(self, words: Words) -> list[Found]:
        """The short items that stand in a text."""
        text = b" " + b" ".join(words) + b" "
        items = [item for word in self._short.keys() & set(words) for item in self._short[word]]
        return [Found(name, 1.0, item.count(b" ") - 1) for name, item in items if item in text]

    def _add_set(
        self, name: str, path: Path, fields: tuple[str, ...], hashes: "array[int]", places: "array[int]"
    ) -> None:
        """Every item of a set; it stops where there is nothing to look for, and says what is left out."""
        used = []
        for line, texts in _rows(path, fields):
            wanted = [words for words in _wanted(texts, fields, self._ngram) if len(words) >= LEAST]
            used.append(bool(wanted))
            for words in wanted:
                self._add(f"{name}: item {line}", words, hashes, places)
        if not any(used):
            raise PitchpipeError(
                f"decontaminate: no row of {path} has a text of {LEAST} words to look for"
                + (f" in {', '.join(fields)}." if fields else ".")
                + " Name the fields that hold its questions: `fields: [question]`."
            )
        if short := used.count(False):
            left = f"{short} of the {len(used)} items of '{name}' are too short to be looked for"
            warnings.warn(f"decontaminate: {left}", stacklevel=2)

    def _add(self, name: str, words: Words, hashes: "array[int]", places: "array[int]") -> None:
        if len(words) < self._ngram:
            self._short[max(words, key=len)].append((name, b" " + b" ".join(words) + b" "))
            return
        start = _LONGEST * len(self._names)
        hashes.extend(_grams(words, self._ngram))
        places.extend(range(start, start + len(words) - self._ngram + 1))
        self._anchors.update(_grams(words, self._ngram - self._step + 1))
        self._names.append(name)
        self._lengths.append(len(words))


def _grams(words: Words, size: int) -> Iterator[int]:
    """A hash of each `size` words in a row. Only this process sees it."""
    return map(hash, zip(*[words[start:] for start in range(size)], strict=False))


def _rows(path: Path, fields: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The line and the texts of each row."""
    from pitchpipe_components.loaders.files import Files

    for number, row in enumerate(Files(path)(), 1):
        if not row.error and isinstance(row.data, dict):
            texts = {key: " ".join(_strings(row.data.get(key))) for key in fields or row.data}
            yield row.line or number, texts


def _strings(value: Any) -> Iterator[str]:
    """The texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _wanted(texts: dict[str, str], fields: tuple[str, ...], ngram: int) -> list[Words]:
    """The texts to look for: all of named fields, else all of enough words, else the longest."""
    words = [plain(text).split() for text in texts.values()]
    enough = [one for one in words if fields or len(one) >= ngram]
    return enough or [max(words, key=len, default=[])]
