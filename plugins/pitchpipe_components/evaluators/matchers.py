"""When a reply is right: ways to compare it with the expected one."""

import re
from collections.abc import Callable
from typing import Any, Literal

from pitchpipe_components.text.loosely import LOOSELY, contains, loosened
from pitchpipe_components.text.numbers import first_number, last_number

Matcher = Literal[
    "exact", "normalised", "contains", "either", "first_number", "last_number", "choice", "regex"
]
# What a matcher reads in a text; None: nothing that it could compare.
Reads = Callable[[str], Any]
Compares = Callable[[str, str], bool]

WORDS: dict[Matcher, str] = {
    "exact": "the very reply",
    "normalised": f"the reply {LOOSELY}",
    "contains": "the expected reply stands in the reply, as whole words",
    "either": "the expected reply stands in the reply, or the reply in the expected one",
    "first_number": "the first number of both",
    "last_number": "the number that both come to: behind ####, in \\boxed{}, or the last one",
    "choice": "the letter that both choose",
    "regex": "what the pattern finds in both",
}
_LETTER = r"\(?\**\(?([A-Z])(?![\w'’])"  # noqa: RUF001
CHOICES = [  # the first that finds something counts, and of several the last
    re.compile(rf"(?:[Aa]nswer|ANSWER|[Cc]hoice)\W*(?:is|are|would be|should be)?\W*{_LETTER}"),
    re.compile(r"\\boxed\{\W*(?:\\text\{)?\W*([A-Z])\W*\}"),
    re.compile(r"\A\W*([A-Za-z])(?=[\s*_]*\Z|[).:\]*]|,\s|\s*\n|\s+[-–—])"),  # noqa: RUF001
    re.compile(r"\(([A-Z])\)"),
    re.compile(r"(?<![\w'’-])([B-HJ-Z]|A(?!\s+[a-z]))(?![\w'’-])"),  # noqa: RUF001  not: A dog, I
]


def choice(text: str) -> str | None:
    """The letter of a multiple choice that a text chooses: "B", "(B) Paris", "The answer is B."."""
    for way in CHOICES:
        if found := way.findall(text):
            return str(found[-1]).upper()
    return None


def either(said: str, expected: str) -> bool:
    """Whether one contains the other. An empty reply is in no other text."""
    return contains(said, expected) or contains(expected, said)


WHOLE: dict[str, Compares] = {
    "exact": lambda said, expected: said.strip() == expected.strip(),
    "normalised": lambda said, expected: loosened(said) == loosened(expected),
    "contains": contains,
    "either": either,
}
PARTS: dict[str, Reads] = {"first_number": first_number, "last_number": last_number, "choice": choice}


def reader(matcher: Matcher, pattern: str) -> Reads | None:
    """What a matcher compares of two texts; None: it compares all of both."""
    return (lambda text: _found(pattern, text)) if matcher == "regex" else PARTS.get(matcher)


def _found(pattern: str, text: str) -> str | None:
    """What the pattern's first group says in a text, or all of the pattern where it has none."""
    match = re.search(pattern, text, re.DOTALL)
    return loosened(match[1] or "" if match.re.groups else match[0]) if match else None


def is_right(matcher: Matcher, pattern: str, said: str, expected: str) -> bool | None:
    """Whether a reply is right. None: the expected one holds nothing that this matcher could compare."""
    read = reader(matcher, pattern)
    if read is None:
        return WHOLE[matcher](said, expected)
    wanted = read(expected)
    if wanted is None and matcher == "regex":  # an answer alone, as a pattern finds it in a long reply
        wanted = loosened(expected)
    return None if wanted is None else read(said) == wanted
