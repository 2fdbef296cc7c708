"""ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004): the F measure of each reply, and their mean.

On English they are those of the package rouge-score. That one knows a to z and 0 to 9 alone: Chinese compared
with itself has 0 there. Here letters of all scripts count, and each character where a script has no spaces.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pitchpipe as pp
from pitchpipe_components.evaluators.overlap.ngrams import numbered, shared
from pitchpipe_components.text.lcs import longest_common
from pitchpipe_components.text.tokens import tokens

LEAST_STEMMED = 4  # letters


def rouge(ids: Sequence[str], pairs: Sequence[tuple[str, str]], stem: bool) -> dict[str, pp.Measured]:
    """Of each reply, all three."""
    split = _stemmed() if stem else tokens
    words = [(split(said), split(expected)) for said, expected in pairs]
    runs = shared(numbered(words), 2)
    longest = [longest_common(said, expected) for said, expected in words]
    long = runs.said[:, 0], runs.expected[:, 0]
    how = "F measure, mean of replies" + (", words stemmed (Porter)" if stem else "")
    return {
        "rouge_1": _measured(ids, runs.both[:, 0], *long, how),
        "rouge_2": _measured(ids, runs.both[:, 1], runs.said[:, 1], runs.expected[:, 1], how),
        "rouge_l": _measured(ids, longest, *long, how),
    }


def _measured(ids: Sequence[str], both: Iterable[int], said: Any, expected: Any, how: str) -> pp.Measured:
    """Twice what both have, by what they have: the mean of precision and recall that F is."""
    each = zip(ids, both, said.tolist(), expected.tolist(), strict=True)
    return pp.Measured.shares(
        {id: 2 * shared / (one + other) if one + other else 0.0 for id, shared, one, other in each}, how=how
    )


def _stemmed() -> Callable[[str], list[str]]:
    from functools import cache

    from nltk.stem.porter import PorterStemmer

    stem = cache(PorterStemmer().stem)

    def split(text: str) -> list[str]:
        return [stem(word) if len(word) >= LEAST_STEMMED else word for word in tokens(text)]

    return split
