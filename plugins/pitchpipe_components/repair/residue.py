"""Removes HTML that web scrapes leave in prose: entities, line breaks, paragraphs. What was meant stays."""

import re
from html import unescape

from pitchpipe_components.repair.markup import BREAK, TAG, is_meant, marks_words

_NAMED = "amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash|euro|pound|deg|szlig"
_ACCENTS = "acute|grave|circ|uml|tilde|cedil|ring|slash"
_ENTITY = re.compile(rf"&(?:#[0-9]{{1,6}}|#[xX][0-9a-fA-F]{{1,5}}|{_NAMED}|[A-Za-z](?:{_ACCENTS}));")
_NESTED = re.compile("&(?:amp;)+")  # escaped several times
_LINES = re.compile(r"\n{3,}")


def suspected(text: str) -> bool:
    """Whether a text may hold residue; a quick check."""
    return ("&" in text and _ENTITY.search(text) is not None) or has_tags(text)


def has_tags(text: str) -> bool:
    return "<" in text and (BREAK.search(text) is not None or TAG.search(text) is not None)


def without_entities(text: str, notes: list[str]) -> str:
    """Decodes entities, also nested ones such as `&amp;lt;`."""
    if "&" not in text or is_meant(text):
        return text
    plain = text
    while (decoded := _ENTITY.sub(_character, _NESTED.sub("&", plain))) != plain:
        plain = decoded
    if plain != text:
        notes.append("HTML entities read")
        return plain
    return text


def _character(match: re.Match[str]) -> str:
    return " " if match[0] == "&nbsp;" else unescape(match[0])


def without_tags(text: str, notes: list[str]) -> str:
    """Turns breaks into line ends and paragraphs into blank lines."""
    if not has_tags(text) or is_meant(text) or marks_words(text):
        return text
    plain = _without_blocks(text if _is_table(text) else BREAK.sub("\n", text))
    if plain != text:
        notes.append("HTML tags removed")
        return plain
    return text


def _is_table(text: str) -> bool:
    """Whether a break stands in a Markdown table, whose cells have no other way to break a line."""
    return "|" in text and any("|" in line and BREAK.search(line) for line in text.split("\n"))


def _without_blocks(text: str) -> str:
    """Removes closing tags, and opening tags that have attributes or are closed: <p> alone may be physics."""
    lowered = text.lower()

    def gap(match: re.Match[str]) -> str:
        name = match["name"].lower()
        if not match["close"] and not match["rest"] and f"</{name}" not in lowered:
            return match[0]
        return "" if name == "span" else "\n\n"

    plain = TAG.sub(gap, text)
    return _LINES.sub("\n\n", plain).strip() if plain != text else text
