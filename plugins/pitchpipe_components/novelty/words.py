"""Texts as words, as the measures of novelty see them."""

from pitchpipe_components.text.words import plain, unspaced

_SIGNS = bytes.maketrans(b"+<=>%^", b"      ")


def rouge_words(text: str) -> list[bytes]:
    """Letters and digits in lower case: in ASCII the words of ROUGE, elsewhere those of its script, where
    scripts without spaces have a word in each character. Of a text of signs alone, its signs."""
    return plain(text).translate(_SIGNS).split() or _signs(text)


def spaced_words(text: str) -> list[bytes]:
    """What white space separates, in lower case; scripts without spaces have a word in each character."""
    low = text.lower()
    if not low.isascii():
        low = "".join([f" {letter} " if unspaced(letter) else letter for letter in low])
    return low.encode("utf-8", "surrogatepass").split()


def _signs(text: str) -> list[bytes]:
    return [sign.encode("utf-8", "surrogatepass") for sign in text if not sign.isspace()]
