"""Constraints of letters' case, of punctuation and of the language."""

import re

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.amounts import Relation, holds
from pitchpipe_components.text.language import language_of

# Where a word of Penn Treebank ends inside what white space parts: marks, and an apostrophe's ending.
_INSIDE = re.compile(
    r"[\s\[\](){}<>\"“”«»`;@#$%&?!*]+|\.{2,}|-{2,}|,(?!\d)|:(?!\d)|(?=N'T\b)|(?='(?:S|M|D|LL|RE|VE)\b)"
)
LETTERS = re.compile(r"[^\W\d_]")
_BROADER = {"zh-cn": "zh", "zh-tw": "zh", "iw": "he"}


def response_language(reply: str, *, language: str) -> bool:
    """The detector takes it for this language. What has no letters is in any language."""
    if not LETTERS.search(reply):
        return True
    wanted = language.lower()
    return language_of(" ".join(reply.lower().split()))[0] == _BROADER.get(wanted, wanted)


def english_capital(reply: str) -> bool:
    """English, with no letter that is not a capital."""
    return reply.isupper() and response_language(reply, language="en")


def english_lowercase(reply: str) -> bool:
    """English, with no capital."""
    return reply.islower() and response_language(reply, language="en")


def capital_word_frequency(reply: str, *, capital_frequency: int, capital_relation: Relation) -> bool:
    """So many words all in capitals; "I" and "A" are words."""
    words = [word for word in _INSIDE.split(reply) if word and word.isupper()]
    return holds(len(words), capital_relation, capital_frequency)


def no_comma(reply: str) -> bool:
    return "," not in reply


def without(reply: str, *, signs: str) -> bool:
    """None of these signs stands in it."""
    if not signs:
        raise pp.PitchpipeError("names no sign")
    return not any(sign in reply for sign in signs)
