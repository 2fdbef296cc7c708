"""How much a question asks for: points for what can be counted in it. A guess, and told as one."""

import re
from typing import Literal

Complexity = Literal["low", "medium", "high"]

_STEPS = re.compile(
    r"\b(?:explain|why|compare|contrast|anal[iy][sz]e|prove|derive|design|plan|evaluate|justify|debug|optimi[sz]e"
    r"|refactor|trade-?offs?|step by step|pros and cons|in detail|first\b.{1,200}\bthen|implement)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:must|at least|at most|exactly|without|only|except|unless|no more than|should not|do not)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)
MEDIUM, HIGH = 2, 4  # points
READ = 6_000  # characters that are looked at


def points(text: str, messages: int = 1) -> int:
    """At most 3 for its length, 3 for words that ask for steps, and 1 or 2 for what else makes work."""
    text = text[:READ]
    words = len(text.split())
    length = (words > 60) + (words > 200) + (words > 600)
    steps = min(3, len({found.lower() for found in _STEPS.findall(text)}))
    questions = text.count("?")
    parts = (questions > 1) + (questions > 3) + (len(_ITEM.findall(text)) > 2)
    return length + steps + parts + (len(_LIMITS.findall(text)) > 1) + (messages > 6)


def complexity_of(text: str, messages: int = 1) -> Complexity:
    found = points(text, messages)
    return "high" if found >= HIGH else "medium" if found >= MEDIUM else "low"
