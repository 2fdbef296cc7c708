"""Prose alone: a text without its code, its tables and its lists, where other rules hold."""

import re

# From a line of three backticks or tildes to the next one, or to the end where none closes it.
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
# Lines of code that nobody fenced: tags, comments, statements, definitions, assignments, calls.
_BARE = re.compile(
    r"^[ \t]*(?:</?[A-Za-z!][^\n]*>|(?://|/\*|\*/|#include\b|#+ ?(?:TODO|FIXME)\b)[^\n]*|[^\n]*[;{}]"
    r"|(?:import|from|def|class|function|if|elif|for|while|var|let|const|public|private|static|using|package)\b"
    r"[^\n.!?]*[=(){}:\[][^\n]*|return\b[^\n.!?]*|(?:else|try|pass|break|continue|end):?"
    r"|[\w.\[\]\"']+ ?[-+*/]?= ?[^\n]*|\w[\w.]*\([^\n]*\))[ \t]*$",
    re.MULTILINE,
)
_FEW = 3  # such lines may stand in prose
_MARKS = ("=", ";\n", "{\n", "}\n", "</", "):\n", ")\n")  # one of them stands in all code: a quick check
_INLINE = re.compile(r"`[^`\n]+`")
_TABLE = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
_LISTED = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)]|[A-Za-z][.)])[ \t].*$", re.MULTILINE)


def without_code(text: str) -> str:
    """A text without fenced blocks, code in backticks, and lines of code that nobody fenced."""
    if "`" in text or "~~~" in text:
        text = _INLINE.sub(" ", _FENCED.sub("\n", text))
    bare = any([mark in text for mark in _MARKS]) and len(_BARE.findall(text)) >= _FEW
    return _BARE.sub("", text) if bare else text


def plain(text: str) -> str:
    """A text without code, tables and lists."""
    return _LISTED.sub("", _TABLE.sub("", without_code(text)))
