"""Texts as words, as the measures of novelty see them."""

from pitchpipe_components.text.tokens import tokens
from pitchpipe_components.text.words import unspaced


def rouge_words(text: str) -> list[str]:
    """The words of ROUGE; of a text of signs alone, its signs."""
    return tokens(text) or [sign for sign in text if not sign.isspace()]


def spaced_words(text: str) -> list[str]:
    """What white space separates, in lower case; scripts without spaces have a word in each character."""
    low = text.lower()
    if not low.isascii():
        low = "".join([f" {letter} " if unspaced(letter) else letter for letter in low])
    return low.split()
