"""Texts compared loosely: case, spaces and punctuation around words do not count."""

import re
import unicodedata
from functools import cache

from pitchpipe_components.text.words import unspaced

LOOSELY = "without regard to case, spaces, punctuation around words and forms of the same letter"
_PLAINER = str.maketrans("‘’“”−", "''\"\"-")  # noqa: RUF001
_NUMBER = re.compile(r"-?\.?\d")
_INSIDE_A_NUMBER = re.compile(r"(?:(?:^|[^\w)])-|\d[.,]|(?:^|\W)\.)\|\d|\d\|[.,]\d")  # 1|,000  3.|5  -|5


def loosened(text: str) -> str:
    """The words with one space between them. What is punctuation alone stays as it is."""
    plain = unicodedata.normalize("NFKC", text.translate(_PLAINER)).casefold()
    words = plain.split()
    bare = [word if word.isalnum() else _bare(word) for word in words]
    return " ".join(filter(None, bare)) or " ".join(words)


def contains(text: str, part: str) -> bool:
    """Whether words stand in a text, whole and in a row, compared loosely. Nothing is in nothing alone."""
    text, part = loosened(text), loosened(part)
    if not part:
        return not text
    at = text.find(part)
    while at >= 0:
        if not _goes_on(text, at) and not _goes_on(text, at + len(part)):
            return True
        at = text.find(part, at + 1)
    return False


def _bare(word: str) -> str:
    """A word without the punctuation around it; the sign or the point before a number is none."""
    start, end = 0, len(word)
    while start < end and _around(word[start]) and not _NUMBER.match(word, start):
        start += 1
    while end > start and _around(word[end - 1]):
        end -= 1
    return word[start:end]


@cache
def _around(character: str) -> bool:
    """Quotes, brackets, dashes, points, what makes words bold; not %, #, & and the like, which are said."""
    return character == "`" or (unicodedata.category(character)[0] == "P" and character not in "%#&@/\\")


def _goes_on(text: str, at: int) -> bool:
    """Whether a word or a number goes on from one side of a place to the other."""
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    if before and after and _of_a_word(before) and _of_a_word(after):
        return True
    return _INSIDE_A_NUMBER.search(text[max(0, at - 3) : at] + "|" + text[at : at + 2]) is not None


@cache
def _of_a_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" and not unspaced(character)
