"""Phrases, found as whole words. Most texts hold none of them, so that answer comes first and costs least."""

from collections.abc import Iterator
from functools import lru_cache

from pitchpipe_components.text.quote import around

# A phrase with one of these is looked for only where that stands: one byte is found far faster than a word.
_RARE = "<[{#|_@%"
_SPACED = 0x0E00  # scripts from here on are written without spaces, or with few: any place may begin a word


class Phrases:
    """Phrases in any case; one written all in capitals is found in capitals only."""

    def __init__(self, phrases: tuple[str, ...]):
        self._capital = tuple(phrase for phrase in phrases if phrase.isupper())
        lower = tuple(phrase.lower() for phrase in phrases if phrase and not phrase.isupper())
        self._common = tuple(phrase for phrase in lower if _mark(phrase) == "")
        marks = sorted({_mark(phrase) for phrase in lower} - {""})
        self._marked = tuple((mark, tuple(p for p in lower if _mark(p) == mark)) for mark in marks)

    def count(self, text: str, low: str) -> int:
        """How often they stand in a text, which is given as written and in lower case."""
        found = 0
        for phrase in self._common:
            if phrase in low:
                found += _times(phrase, low)
        for phrase in self._capital:
            if phrase in text:
                found += _times(phrase, text)
        for mark, phrases in self._marked:
            if mark in low:
                found += sum([_times(phrase, low) for phrase in phrases])
        return found

    def quote(self, text: str) -> str:
        """The first of them in a text, with a few words on both sides."""
        low = text.lower()
        if len(low) != len(text):  # a few letters are longer in lower case, and places would not fit
            text = low
        finds = [(at, phrase) for phrase in self._capital for at in _places(phrase, text)]
        for phrases in (self._common, *(phrases for _, phrases in self._marked)):
            finds += [(at, phrase) for phrase in phrases for at in _places(phrase, low)]
        at, phrase = min(finds, default=(0, ""))
        return around(text, at, at + len(phrase)) if phrase else ""


@lru_cache
def among(phrases: tuple[str, ...], extra: tuple[str, ...] = ()) -> Phrases:
    """The phrases of two options, made ready once."""
    return Phrases(phrases + extra)


def _mark(phrase: str) -> str:
    return next((mark for mark in _RARE if mark in phrase), "")


def is_whole(text: str, at: int, phrase: str) -> bool:
    """Whether no word goes on before or after a phrase that stands in a text."""
    end = at + len(phrase)
    begun = at > 0 and _joins(text[at - 1], phrase[0])
    return not begun and not (end < len(text) and _joins(phrase[-1], text[end]))


def _times(phrase: str, text: str) -> int:
    return sum([1 for _ in _places(phrase, text)])


def _places(phrase: str, text: str) -> Iterator[int]:
    at = text.find(phrase)
    while at >= 0:
        if is_whole(text, at, phrase):
            yield at
        at = text.find(phrase, at + len(phrase))


def _joins(one: str, other: str) -> bool:
    """Whether two neighbours are of one word."""
    return _letter(one) and _letter(other) and ord(one) < _SPACED and ord(other) < _SPACED


def _letter(character: str) -> bool:
    return character.isalnum() or character == "_"
