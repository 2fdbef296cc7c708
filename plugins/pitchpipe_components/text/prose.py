"""Prose alone: a text without its code, its tables and its lists, where other rules hold."""

import re

# From a line of three backticks or tildes to the next one, or to the end where none closes it.
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]+`")
_TABLE = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
_LISTED = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t].*$", re.MULTILINE)


def without_code(text: str) -> str:
    """A text without fenced blocks and without code in backticks."""
    if "`" in text or "~~~" in text:
        return _INLINE.sub(" ", _FENCED.sub("\n", text))
    return text


def plain(text: str) -> str:
    """A text without code, tables and lists."""
    return _LISTED.sub("", _TABLE.sub("", without_code(text)))
