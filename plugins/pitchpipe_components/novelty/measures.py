"""Measures of how alike two texts are that depend on the words that they share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pitchpipe_components.novelty.words import rouge_words, spaced_words
from pitchpipe_components.text.lcs import common_with

Ids = Sequence[int]


@dataclass(frozen=True)
class WordMeasure:
    """How alike two texts are: `share` of how much they have in `common`, and of how many words each has.

    What is in common is never more than the words that both have, and more of it is never less alike.
    """

    words: Callable[[str], Iterable[str]]
    common: Callable[[Ids], Callable[[Ids], int]]  # of one text, then of others with it
    share: Callable[[Any, Any, Any], Any]  # of numbers, or of arrays of them


def in_set(one: Ids) -> Callable[[Ids], int]:
    """How many words another text has in common, each counted once."""
    words = set(one)
    return lambda other: len(words.intersection(other))


ROUGE_L = WordMeasure(rouge_words, common_with, lambda common, one, other: 2 * common / (one + other))
JACCARD = WordMeasure(
    lambda text: dict.fromkeys(spaced_words(text)),
    in_set,
    lambda common, one, other: common / (one + other - common),
)
