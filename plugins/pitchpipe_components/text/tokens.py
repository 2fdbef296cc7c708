"""Words of a text in lower case: runs of letters and digits; each character of a script without spaces."""

import re
import unicodedata
from functools import cache

from pitchpipe_components.text.words import unspaced

_ASCII_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
_SIGNS = re.compile(r"[^a-z0-9\x80-\U0010ffff]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def tokens(text: str) -> list[str]:
    """Of a text in ASCII, what [a-z0-9]+ finds."""
    text = text.lower()
    if text.isascii():
        return text.translate(_ASCII_SIGNS).split()
    text = _FOREIGN.sub(lambda found: _character(found[0]), unicodedata.normalize("NFC", text))
    return _SIGNS.sub(" ", text).split()


@cache
def _character(character: str) -> str:
    """A letter, mark or decimal digit in its usual form; anything else parts words."""
    if unicodedata.category(character) not in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl"):
        return " "
    return f" {character} " if unspaced(character) else unicodedata.normalize("NFKC", character)
