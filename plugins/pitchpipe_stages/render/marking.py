"""Words of the data in marks, so that a render can be taken apart into its own text and the data's.

Every word stands between two characters that no text may hold. What stands between them is data, all else is
the chat template's own.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Json, MarkedWords, Message
from pitchpipe_stages.render.messages import Marker

# Noncharacters: Unicode sets them aside for the use within a program.
_OPEN, _NAMED, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKED = re.compile(f"{_OPEN}(\\d*)([a-z]){_NAMED}(.*?){_CLOSE}", re.S)
_HARMLESS = re.compile(r"[\w .,:/-]*")  # such words of tools cannot be control tokens, and stay as they are
TaggedText = tuple[str, str]  # text, and whose it is: a message's number with a letter, or nobody's


def refuse_marks(text: str) -> None:
    """Refuse a render that holds a mark already."""
    if _OPEN in text or _NAMED in text or _CLOSE in text:
        raise Quarantine("the text holds a noncharacter, U+FDD0 to U+FDD2")


def _as_it_is(text: str) -> str:
    return text


def _without_lines(text: str) -> str:
    return text.strip("\n")


class Way(NamedTuple):
    """What a chat template does to white space around words, but for those of some roles."""

    bare: Callable[[str], str]
    but: frozenset[str] = frozenset()
    thoughts: bool = True  # to reasoning too
    empty: bool = False  # an empty reply is marked too: then it is no longer empty to the chat template


_ROLES = ({"tool"}, {"system"}, {"system", "tool"}, {"system", "user", "tool"})
_EVERYBODY = (Way(_as_it_is), Way(str.strip), Way(_without_lines))
_ALL = (*_EVERYBODY, *(Way(str.strip, frozenset(roles)) for roles in _ROLES), Way(str.rstrip))
_WITHOUT_THOUGHTS = (way._replace(thoughts=False) for way in _ALL[1:])
WAYS = tuple(way._replace(empty=empty) for way in (*_ALL, *_WITHOUT_THOUGHTS) for empty in (True, False))


def _mark(text: str, index: int | str, kind: str) -> str:
    return f"{_OPEN}{index}{kind}{_NAMED}{text}{_CLOSE}"


class Marks(Marker):
    """Puts marks around words, without the white space that the chat template takes from them."""

    def __init__(self, way: Way):
        self.way = way

    def words(self, text: str, index: int, kind: str, message: Message) -> str:
        kept = message.role in self.way.but or (kind == "r" and not self.way.thoughts)
        bare = text if kept else self.way.bare(text)
        silent = kind != "c" or message.role != "assistant" or message.tool_calls or not self.way.empty
        return text if silent and not bare else _mark(bare, index, kind)

    def name(self, text: str, index: int) -> str:
        return _mark(text, index, "f")

    def deep(self, value: Any, index: int) -> Any:
        return _deep(value, index)


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


def take_apart(text: str) -> list[TaggedText]:
    """A marked render as its parts."""
    parts, at = [], 0
    for found in _MARKED.finditer(text):
        parts.append((text[at : found.start()], ""))
        parts.append((found[3], found[1] + found[2]))
        at = found.end()
    parts.append((text[at:], ""))
    return [part for part in parts if part[0] or part[1]]


def look_up(text: str, messages: Sequence[Message]) -> list[TaggedText]:
    """An unmarked render as its parts: words are found in their order, the last message's from behind.

    This is for a chat template that does with words what marks do not survive. It may leave out reasoning.
    """
    parts, at = list[TaggedText](), 0
    last = len(messages) - 1
    for index, message in enumerate(messages):
        for words, kind in _said(message):
            place = text.rfind(words, at) if index == last and kind == "c" else text.find(words, at)
            if place < 0 and kind == "r":
                continue
            if place < 0:
                raise Quarantine("the chat template changes the words, in a way that cannot be followed")
            parts += [(text[at:place], ""), (words, f"{index}{kind}")]
            at = place + len(words)
    parts.append((text[at:], ""))
    return [part for part in parts if part[0]]


def _said(message: Message) -> list[TaggedText]:
    said = [(message.reasoning.strip(), "r"), (message.content.strip(), "c"), (message.context.strip(), "x")]
    said += [(str(call.get("function", call).get("name")), "f") for call in message.tool_calls]
    return [part for part in said if part[0]]


def cut(parts: Sequence[TaggedText], start: int, end: int) -> list[TaggedText]:
    """The parts between two places in the text."""
    found, at = [], 0
    for text, tag in parts:
        here = text[max(start - at, 0) : max(end - at, 0)]
        if here or (not text and start <= at <= end):
            found.append((here, tag))
        at += len(text)
    return found


def trimmed(parts: MarkedWords) -> MarkedWords:
    """Parts of a text without the white space at its ends."""
    whole = "".join(text for text, _ in parts)
    start, end, at = len(whole) - len(whole.lstrip()), len(whole.rstrip()), 0
    found = []
    for text, learn in parts:
        found.append((text[max(start - at, 0) : max(end - at, 0)], learn))
        at += len(text)
    return tuple(found)


def any_of(tokens: Iterable[str]) -> re.Pattern[str]:
    """Finds these tokens in text, the longest first, as tokenizers do."""
    longest = sorted((token for token in tokens if token), key=lambda token: (-len(token), token))
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")
