"""Words of the data in marks, so that a render can be taken apart into its own text and the data's.

Every word stands between two characters that no text may hold. What stands between them is data, all else is
the chat template's own.
"""

import re
from typing import Any, NamedTuple

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Json, MarkedWords
from pitchpipe_stages.render.messages import texts_in

# Noncharacters: Unicode sets them aside for the use within a program.
_OPEN, _NAMED, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKED = re.compile(f"{_OPEN}(\\d*)([a-z]){_NAMED}(.*?){_CLOSE}", re.S)
_HARMLESS = re.compile(r"[\w .,:/-]*")  # such words of tools cannot be control tokens, and stay as they are
TaggedText = tuple[str, str]  # text, and whose it is: a message's number with a letter, or nobody's


def unmarked(value: object) -> None:
    """Refuse texts that hold a mark already."""
    for text in texts_in(value):
        if _OPEN in text or _NAMED in text or _CLOSE in text:
            raise Quarantine("the text holds a noncharacter, U+FDD0 to U+FDD2")


class Way(NamedTuple):
    """What a chat template does to white space around words, but for those of some roles."""

    takes: str | None  # as in str.strip: "" nothing, None all
    but: frozenset[str] = frozenset()
    empty: bool = False  # an empty reply is marked too: then it is no longer empty to the chat template


_ROLES = ({"tool"}, {"system"}, {"system", "tool"}, {"system", "user", "tool"})
_ALL = (Way(""), Way(None), Way("\n"), *(Way(None, frozenset(roles)) for roles in _ROLES))
WAYS = tuple(way._replace(empty=empty) for way in _ALL for empty in (True, False))


def _mark(text: str, index: int | str, kind: str) -> str:
    return f"{_OPEN}{index}{kind}{_NAMED}{text}{_CLOSE}"


def marked_message(spoken: Json, index: int, way: Way) -> Json:
    """A message with its words marked, without the white space that the chat template takes from them."""
    marked = dict(spoken)
    takes = "" if spoken["role"] in way.but else way.takes
    for key, kind in (("content", "c"), ("context", "x"), ("reasoning_content", "r")):
        text = spoken.get(key, "")
        text = text if takes == "" else text.strip(takes)
        bare = key != "content" or spoken["role"] != "assistant" or "tool_calls" in spoken or not way.empty
        if key in spoken and (text or not bare):
            marked[key] = _mark(text, index, kind)
    marked |= {key: _deep(spoken[key], index) for key in ("name", "tool_call_id") if key in spoken}
    if "tool_calls" in spoken:
        marked["tool_calls"] = [_marked_call(call, index) for call in spoken["tool_calls"]]
    return marked


def _marked_call(call: Json, index: int) -> Json:
    function = call["function"]
    name, arguments = _mark(function["name"], index, "f"), _deep(function["arguments"], index)
    return {**_deep({**call, "function": None}, index), "function": {"name": name, "arguments": arguments}}


def _deep(value: Any, index: int | str) -> Any:
    """Words within JSON that might be taken for control tokens, marked."""
    if isinstance(value, str):
        return value if _HARMLESS.fullmatch(value) else _mark(value, index, "a")
    if isinstance(value, dict):
        return {_deep(key, index): _deep(entry, index) for key, entry in value.items()}
    return [_deep(entry, index) for entry in value] if isinstance(value, list | tuple) else value


def marked_tool(tool: Json) -> Json:
    tool, function = _deep(tool, ""), tool.get("function")
    if isinstance(function, dict) and isinstance(function.get("name"), str):
        tool["function"]["name"] = _mark(function["name"], "", "t")
    return tool


def take_apart(text: str) -> list[tuple[str, str]]:
    """A marked render as its parts."""
    parts, at = [], 0
    for found in _MARKED.finditer(text):
        parts.append((text[at : found.start()], ""))
        parts.append((found[3], found[1] + found[2]))
        at = found.end()
    parts.append((text[at:], ""))
    return [part for part in parts if part[0] or part[1]]


def trimmed(parts: MarkedWords) -> MarkedWords:
    """Parts of a text without the white space at its ends."""
    whole = "".join(text for text, _ in parts)
    start, end, at = len(whole) - len(whole.lstrip()), len(whole.rstrip()), 0
    found = []
    for text, learn in parts:
        found.append((text[max(start - at, 0) : max(end - at, 0)], learn))
        at += len(text)
    return tuple(found)
