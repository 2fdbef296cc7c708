"""A list of words and phrases that guards look for, however they are written."""

from collections.abc import Iterable

from pitchpipe_components.text.disguised import undisguised
from pitchpipe_components.text.phrases import among

_SLACK = 16  # characters that odd spaces and the like may add to a phrase


class WordList:
    """Whole words and phrases in any case; those in capitals are found in capitals only."""

    def __init__(self, phrases: Iterable[str]):
        plain = (undisguised(phrase).strip() for phrase in phrases)
        cased = [phrase if phrase.isupper() else phrase.casefold() for phrase in plain if phrase]
        self._phrases = among(tuple(dict.fromkeys(cased)))
        self.longest = max(map(len, cased), default=0) + _SLACK

    def found(self, texts: Iterable[str]) -> bool:
        """Whether one of them stands in one of the texts."""
        return any(self._found(undisguised(text)) for text in texts)

    def _found(self, text: str) -> bool:
        return self._phrases.count(text, text.casefold()) > 0
