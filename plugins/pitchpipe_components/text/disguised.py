"""Text without what hides a word from a search: other forms of a letter, odd spaces, signs of no width."""

import re
import unicodedata

_NO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_BOLD = str.maketrans("", "", "*~`")


def undisguised(text: str) -> str:
    """Compatible forms as plain ones, no signs that make words bold, one space where there are some; case
    stays."""
    if not text.isascii():
        text = _NO_WIDTH.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    return " ".join(text.translate(_BOLD).split())
