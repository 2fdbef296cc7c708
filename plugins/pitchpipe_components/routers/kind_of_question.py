"""What a question is about, by its signs: fences, formulas, a few English words. A guess, and told as one."""

import re
from typing import Literal

Category = Literal["code", "math", "translation", "summary", "writing", "other"]

_CODE = re.compile(
    r"```|^\s*(?:def \w+\(|class \w+[:({]|import \w+|from \w+ import |#include\b|public static )"
    r"|\bfunction \w*\("
    r"|\bselect\b.{1,200}\bfrom\b|Traceback \(most recent|</\w+>|=>|\b(?:var|let|const) \w+ =|;\s*$"
    r"|\b(?:python|javascript|typescript|java|rust|golang|c\+\+|sql|bash|regex|html|css|json|yaml"
    r"|code|function|script|compiler?|debug|stack trace|unit tests?|refactor|api|algorithm)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MATH = re.compile(
    r"\$[^$\n]+\$|\\(?:frac|int|sum|sqrt|lim|begin)\b|\d\s*[-+*/^=\xd7\xf7]\s*\d|\b[a-z]\s*\^\s*\d|[∫∑√≤≥≠π]"
    r"|\b(?:solve|equations?|integral|derivative|differentiate|integrate|probability|theorem|proof|prove"
    r"|calculate|compute|percent(?:age)?|triangle|polynomial|matrix|how (?:many|much))\b",
    re.IGNORECASE,
)
_TRANSLATION = re.compile(r"\btranslat(?:e|ion|ing)\b|\bhow do (?:you|i) say\b", re.IGNORECASE)
_SUMMARY = re.compile(r"\bsummar(?:y|ies|i[sz]e|i[sz]ing)\b|\btl;?dr\b|\bkey points\b", re.IGNORECASE)
_WRITING = re.compile(
    r"\b(?:write|draft|compose|rewrite|rephrase)\b.{0,40}\b(?:essay|poem|story|letter|e?-?mail|blog|post"
    r"|article|speech|song|paragraph|sentence|text|report|review)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS: tuple[tuple[Category, re.Pattern[str]], ...] = (
    ("translation", _TRANSLATION), ("summary", _SUMMARY), ("code", _CODE), ("math", _MATH),
    ("writing", _WRITING),
)  # fmt: skip
READ = 6_000  # characters that are looked at


def category_of(text: str) -> Category:
    """The first category that a text has a sign of."""
    start = text[:READ]
    return next((category for category, signs in _SIGNS if signs.search(start)), "other")
