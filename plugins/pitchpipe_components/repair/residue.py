"""Removes HTML that web scrapes leave in texts: entities, line breaks, paragraphs. Code stays as it is."""

import re
from html import unescape

_NAMED = "amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash|euro|pound|deg|szlig"
_ACCENTS = "acute|grave|circ|uml|tilde|cedil|ring|slash"
_ENTITY = re.compile(rf"&(?:#[0-9]{{1,6}}|#[xX][0-9a-fA-F]{{1,5}}|{_NAMED}|[A-Za-z](?:{_ACCENTS}));")
_NESTED = re.compile("&(?:amp;)+")  # escaped several times
_BREAK = re.compile(r"<(?:br|BR) ?/?>\n?")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>p|div|span|P|DIV|SPAN)(?P<rest>\s[^<>]*)?>")
_LINES = re.compile(r"\n{3,}")
# Words that show that a conversation is about markup.
_ABOUT = re.compile(
    r"\b(?:x?html5?|xml|css|svg|jsx|php|javascript|markup|tags?|web ?pages?)\b", re.IGNORECASE
)


def suspected(text: str) -> bool:
    """Whether a text may hold residue; a quick check."""
    return ("&" in text and _ENTITY.search(text) is not None) or has_tags(text)


def has_tags(text: str) -> bool:
    return "<" in text and (_BREAK.search(text) is not None or _TAG.search(text) is not None)


def is_about_markup(text: str) -> bool:
    """Whether the words outside of tags speak of markup."""
    return _ABOUT.search(_TAG.sub(" ", text)) is not None


def without_entities(text: str, notes: list[str]) -> str:
    """Decodes entities, also nested ones such as `&amp;lt;`. A text with a backtick holds code and stays."""
    if "&" not in text or "`" in text:
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
    """Turns breaks into line ends and paragraphs into blank lines; leaves a text with a backtick alone."""
    if "`" in text or not has_tags(text):
        return text
    plain = _without_blocks(text if _is_table(text) else _BREAK.sub("\n", text))
    if plain != text:
        notes.append("HTML tags removed")
        return plain
    return text


def _is_table(text: str) -> bool:
    """Whether a break stands in a Markdown table, whose cells have no other way to break a line."""
    return "|" in text and any("|" in line and _BREAK.search(line) for line in text.split("\n"))


def _without_blocks(text: str) -> str:
    """Removes closing tags, and opening tags that have attributes or are closed: <p> alone may be physics."""
    lowered = text.lower()

    def gap(match: re.Match[str]) -> str:
        name = match["name"].lower()
        if not match["close"] and not match["rest"] and f"</{name}" not in lowered:
            return match[0]
        return "" if name == "span" else "\n\n"

    plain = _TAG.sub(gap, text)
    return _LINES.sub("\n\n", plain).strip() if plain != text else text
