"""Texts as sets of word n-grams, whole batches at a time: a loop over words in Python would cost most of it.

Words are hashed as polynomials modulo 2^64 over the bytes of all texts at once, so that the hash of any
stretch is a difference of two running sums.
"""

from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitchpipe_components.text.words import Of, plain

Array = NDArray[Any]
SHORT = 8  # words: in shorter texts one word makes another question

_BASE, _NEXT = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95  # odd, so that they can be divided by


class Shingled(NamedTuple):
    """Shingles and words of texts, as hashes of 32 bits: how many each has, and all of them."""

    counts: Array
    shingles: Array  # of each text sorted and unique
    asked: Array
    said: Array
    words: Array  # in their order, of each text what is asked, then what is said


def shingled(texts: list[tuple[str, str]], ngram: int, of: Of) -> Shingled:
    """The words of what is asked and said in each text, and the shingles of both, or of one."""
    hashes, counts = _word_hashes([plain(part) for text in texts for part in text])
    within = np.tile([of != "reply", of != "prompt"], len(texts))
    whole = (counts * within).reshape(-1, 2).sum(axis=1)
    short = whole < max(SHORT, ngram + 3)
    compared = slice(0, 1) if of == "prompt" else slice(1, 2) if of == "reply" else slice(2)
    exact = [
        _of_short(number, "\n".join(texts[number][compared])) for number in np.flatnonzero(short).tolist()
    ]
    keys = np.concatenate([_keys(hashes[np.repeat(within, counts)], whole, short, ngram), *exact])
    keys.sort()
    unique = np.ones(len(keys), bool)
    unique[1:] = keys[1:] != keys[:-1]
    keys = keys[unique]
    asked, said = counts.reshape(-1, 2).T
    words = (mixed(hashes) >> 32).astype(np.uint32)
    return Shingled(np.bincount(keys >> 32, minlength=len(texts)), keys.astype(np.uint32), asked, said, words)


def mixed(values: Array) -> Array:
    """Every bit of a hash depends on every bit of the value (the finaliser of splitmix64)."""
    values = (values ^ (values >> 30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> 27)) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> 31)


def _word_hashes(texts: list[bytes]) -> tuple[Array, Array]:
    """A hash of each word of all texts, and how many words each text has."""
    data = np.frombuffer(b" ".join([b"", *texts, b""]), np.uint8)
    inside = data != ord(" ")
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    powers, inverses = _powers(1 << len(data).bit_length())
    sums = np.cumsum(data * powers[: len(data)], dtype=np.uint64)
    hashes = (sums[ends - 1] - sums[starts - 1]) * inverses[starts]
    borders = np.cumsum([0, *(len(text) + 1 for text in texts)])
    return hashes, np.diff(np.searchsorted(starts, borders, "right"))


@cache
def _powers(count: int) -> tuple[Array, Array]:
    """Base to the power of each position, and what divides by it."""
    up, down = np.full(count, _BASE, np.uint64), np.full(count, pow(_BASE, -1, 1 << 64), np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up), np.cumprod(down)


def _keys(hashes: Array, counts: Array, short: Array, ngram: int) -> Array:
    """For each n words in a row of a long text: the text's number, then the shingle's 32 bits."""
    if len(hashes) < ngram:
        return np.zeros(0, np.uint64)
    places = len(hashes) - ngram + 1
    rolled = hashes[:places].copy()
    for step in range(1, ngram):
        rolled = rolled * np.uint64(_NEXT) + hashes[step : places + step]
    text = np.repeat(np.arange(len(counts)), counts)
    within = (text[:places] == text[ngram - 1 :]) & ~short[text[:places]]
    return (text[:places][within].astype(np.uint64) << 32) | (mixed(rolled[within]) >> 32)


def _of_short(number: int, text: str) -> Array:
    """Four values that only an equal text has: capitals, white space and the end's punctuation apart."""
    said = " ".join(text.lower().split())
    said = said.rstrip(".!?…。！？ ") or said  # noqa: RUF001
    digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest() if said else b""
    return (np.uint64(number) << 32) | np.frombuffer(digest, np.uint32).astype(np.uint64)
