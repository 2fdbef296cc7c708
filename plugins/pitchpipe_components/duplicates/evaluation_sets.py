"""Indexes evaluation sets by their n-grams. The sets are small; the training data streams past them."""

import warnings
from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitchpipe import PitchpipeError
from pitchpipe_components.files.parts import rows_of
from pitchpipe_components.text.words import plain

LEAST = 4  # words; too many texts hold a shorter item by chance
Words = list[bytes]
Texts = list[tuple[str, str]]  # each with its name

_LONGEST = 1 << 20  # the most words of an item; a place is the item's number x this + the position


class Found(NamedTuple):
    """An item that shares words with a text: the share of its words in the text, and the longest run."""

    item: str
    covered: float
    run: int
    line: int = 0  # of the item in its set


class EvaluationSets:
    """Holds the places of each item's n-grams, and whole items that are shorter than an n-gram.

    N-grams that more than `most` items have are the frame of a task, and say nothing of any of them.
    """

    def __init__(self, sets: dict[str, Path], fields: tuple[str, ...], ngram: int, most: int | None = None):
        self._ngram, self._step = ngram, ngram // 2
        self._names: list[tuple[str, int]] = []
        self._lengths: list[int] = []
        self._short: dict[bytes, list[tuple[str, int, bytes]]] = defaultdict(list)  # a word to items
        self._anchors: set[int] = set()
        hashes, places = array("q"), array("q")
        for name, path in sets.items():
            self._add_set(name, path, fields, hashes, places)
        order = np.argsort(np.asarray(hashes), kind="stable")
        self._hashes, self._places = np.asarray(hashes)[order], np.asarray(places)[order]
        self._own = np.array(self._lengths)  # of each item the words that are no frame
        if most is not None:
            self._leave_out_frames(most)

    def may_hold(self, words: Words) -> bool:
        """Whether a text may hold an n-gram; never false for a text that holds one.

        Any n words in a row hold a shorter gram that begins at a multiple of `step`; only such grams are
        hashed.
        """
        size = self._ngram - self._step + 1
        grams = zip(*[words[start :: self._step] for start in range(size)], strict=False)
        return not self._anchors.isdisjoint(map(hash, grams)) or not self._short.keys().isdisjoint(words)

    def find(self, words: Words) -> list[Found]:
        """Returns the items that share words with a text, the most covered first."""
        matches: dict[int, list[tuple[int, int]]] = defaultdict(list)
        grams = np.fromiter(_grams(words, self._ngram), np.int64)
        left, right = (np.searchsorted(self._hashes, grams, side) for side in ("left", "right"))
        for at in np.flatnonzero(left < right).tolist():
            for place in self._places[left[at] : right[at]].tolist():
                item, position = divmod(place, _LONGEST)
                matches[item].append((position - at, position))
        found = [self._found(item, pairs) for item, pairs in matches.items()]
        return sorted(found + self._whole(words), key=lambda item: (-item.covered, -item.run, item.item))

    def _found(self, item: int, pairs: list[tuple[int, int]]) -> Found:
        covered = {position + step for _, position in pairs for step in range(self._ngram)}
        run = longest = 0
        before = (0, -1)
        for pair in sorted(pairs):  # neighbours on one diagonal are neighbours in both texts
            run = run + 1 if pair == (before[0], before[1] + 1) else 1
            longest, before = max(longest, run), pair
        name, line = self._names[item]
        return Found(name, len(covered) / int(self._own[item]), longest + self._ngram - 1, line)

    def _whole(self, words: Words) -> list[Found]:
        """Returns the short items that a text holds."""
        text = b" " + b" ".join(words) + b" "
        items = [item for word in self._short.keys() & set(words) for item in self._short[word]]
        return [Found(name, 1.0, item.count(b" ") - 1, line) for name, line, item in items if item in text]

    def _add_set(
        self, name: str, path: Path, fields: tuple[str, ...], hashes: "array[int]", places: "array[int]"
    ) -> None:
        """Adds every item of a set; raises if no item can be searched for, and warns about items left out."""
        used = []
        for line, texts in _rows(path, fields):
            targets = [found for found in _targets(texts, fields, self._ngram) if len(found[1]) >= LEAST]
            used.append(bool(targets))
            for part, words in targets:
                named = f"{name}: item {line}" + (f", {part}" if part else "")
                self._add((named, line), words, hashes, places)
        if not any(used):
            raise PitchpipeError(
                f"decontaminate: no row of {path} has a text of {LEAST} words to look for"
                + (f" in {', '.join(fields)}." if fields else ".")
                + " Name the fields that hold its questions: `fields: [question]`."
            )
        if short := used.count(False):
            warning = f"{short} of the {len(used)} items of '{name}' are too short to be looked for"
            warnings.warn(f"decontaminate: {warning}", stacklevel=2)

    def _leave_out_frames(self, most: int) -> None:
        """An item that is nothing but a frame is not found."""
        if not len(self._hashes):
            return
        _, which = np.unique(self._hashes, return_inverse=True)
        lines = np.array([line for _, line in self._names])[self._places // _LONGEST]
        pairs = np.unique(np.stack([which, lines]), axis=1)
        keep = (np.bincount(pairs[0], minlength=len(which)) <= most)[which]
        framed, own = (self._words(self._places[some]) for some in (~keep, keep))
        for place in framed - own:
            self._own[place // _LONGEST] -= 1
        self._hashes, self._places = self._hashes[keep], self._places[keep]

    def _words(self, places: "NDArray[np.int64]") -> set[int]:
        """The places of the words of n-grams."""
        return {place for start in places.tolist() for place in range(start, start + self._ngram)}

    def _add(self, named: tuple[str, int], words: Words, hashes: "array[int]", places: "array[int]") -> None:
        if len(words) < self._ngram:
            self._short[max(words, key=len)].append((*named, b" " + b" ".join(words) + b" "))
            return
        start = _LONGEST * len(self._names)
        hashes.extend(_grams(words, self._ngram))
        places.extend(range(start, start + len(words) - self._ngram + 1))
        self._anchors.update(_grams(words, self._ngram - self._step + 1))
        self._names.append(named)
        self._lengths.append(len(words))


def _grams(words: Words, size: int) -> Iterator[int]:
    """Hashes each `size` words in a row. The hashes differ between processes, so none is stored."""
    return map(hash, zip(*[words[start:] for start in range(size)], strict=False))


def _rows(path: Path, fields: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Texts]]]:
    """Yields the line and the texts of each row's fields."""
    for number, row in enumerate(rows_of(path), 1):
        if not row.error and isinstance(row.data, dict):
            texts = {str(key): list(_texts(row.data.get(key), str(key))) for key in fields or row.data}
            yield row.line or number, texts


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yields the texts in a value at any depth, and the name of each: `choices 2`, `answers.text 1`."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value, 1):
            yield from _texts(part, f"{name} {number}")


def _targets(texts: dict[str, Texts], fields: tuple[str, ...], ngram: int) -> list[tuple[str, Words]]:
    """Returns the texts to search for, each with its name if it is one of several in its field.

    They are those of named fields, else the ones long enough, else the longest. Short elements of a list
    occur anywhere by chance ("none of the above"), so they are searched for in a row, as one text.
    """
    candidates = [target for field, parts in texts.items() for target in _of_field(field, parts, ngram)]
    enough = [target for target in candidates if fields or len(target[1]) >= ngram]
    return enough or [max(candidates, key=lambda target: len(target[1]), default=("", []))]


def _of_field(field: str, texts: Texts, ngram: int) -> Iterator[tuple[str, Words]]:
    words = [(name, plain(text).split()) for name, text in texts]
    if len(words) == 1:
        yield "", words[0][1]
        return
    yield from (target for target in words if len(target[1]) >= ngram)
    together = [word for _, some in words if len(some) < ngram for word in some]
    if len(together) >= ngram:
        yield field, together
