"""How BLEU splits a text into words."""

from collections.abc import Sequence
from typing import Literal

from pitchpipe_components.text.words import unspaced

Words = Literal["auto", "13a", "intl", "zh", "char", "none"]


def words_for(texts: Sequence[str]) -> Words:
    """How sacrebleu splits texts of such a script into words, without anything that it would download.

    `zh` splits as `13a` does what is not Chinese, so that a few Chinese texts are enough for it.
    """
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    apart = [letter for letter in letters if unspaced(letter)]
    han = sum("\u3400" <= letter <= "\u9fff" or letter >= "\U00020000" for letter in apart)
    if len(apart) - han > len(letters) / 4:  # kana, Thai, Khmer ...
        return "char"
    return "zh" if han > len(letters) / 50 else "13a"
