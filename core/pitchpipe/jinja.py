"""A Jinja chat template as a template: its render is taken apart into its own text and the data's.

Every word of the data is rendered between two characters that no text may hold. What stands between them is
data, all else is the chat template's own; and without them the render must be, to the letter, what a server
renders. A row whose render is not is refused, whatever the chat template does with words.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pitchpipe.conversation import Conversation, Parts
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.served import Said, compiled, said, strings
from pitchpipe.template import Piece, trimmed

# Noncharacters: Unicode sets them aside for the use within a program.
_OPEN, _NAMED, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKED = re.compile(f"{_OPEN}(\\d*)([a-z]){_NAMED}(.*?){_CLOSE}", re.S)
_HARMLESS = re.compile(r"[\w .,:/-]*")  # such words of tools cannot be control tokens, and stay as they are
Span = tuple[int, int]


# --- Marking ------------------------------------------------------------------------------------


def _mark(text: str, index: int | str, kind: str) -> str:
    return f"{_OPEN}{index}{kind}{_NAMED}{text}{_CLOSE}"


def _marked(spoken: Said, index: int, way: "_Way") -> Said:
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


def _marked_call(call: Said, index: int) -> Said:
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


def _marked_tool(tool: Said) -> Said:
    tool, function = _deep(tool, ""), tool.get("function")
    if isinstance(function, dict) and isinstance(function.get("name"), str):
        tool["function"]["name"] = _mark(function["name"], "", "t")
    return tool


# --- The chat template --------------------------------------------------------------------------


class _Way(NamedTuple):
    """What a chat template does to white space around words, but for those of some roles."""

    takes: str | None  # as in str.strip: "" nothing, None all
    but: frozenset[str] = frozenset()
    empty: bool = False  # an empty reply is marked too: then it is no longer empty to the chat template


_ROLES = ({"tool"}, {"system"}, {"system", "tool"}, {"system", "user", "tool"})
_ALL = (_Way(""), _Way(None), _Way("\n"), *(_Way(None, frozenset(roles)) for roles in _ROLES))
_WAYS = tuple(way._replace(empty=empty) for way in _ALL for empty in (True, False))


class ChatTemplate:
    """A chat template with what ends a reply in it, and what a server's prompt adds before a reply.

    Where that is nothing, as in Mistral's "[/INST] Hello", a reply begins after one of the texts `asked`.
    """

    def __init__(
        self,
        source: str,
        *,
        stop: str,
        opening: str = "",
        asked: tuple[str, ...] = (),
        variables: Said | None = None,
        context_apart: bool = False,
    ):
        self.source, self.stop, self.opening, self.asked = source, stop, opening, asked
        self.variables, self.context_apart = variables or {}, context_apart

    def render(self, messages: list[Said], tools: Any = None, prompt: bool = False) -> str:
        try:
            return str(
                compiled(self.source).render(
                    messages=messages, tools=tools or None, add_generation_prompt=prompt, **self.variables
                )
            )
        except (PitchpipeError, Quarantine):
            raise
        except Exception as error:  # a chat template is a program: it may fail in any way
            raise Quarantine(f"the chat template refuses it: {error}") from None

    def pieces(self, conversation: Conversation) -> list[Piece]:
        """The render in pieces: replies and their end are learned."""
        parts = self.parts(said(conversation, self.context_apart), conversation.tools)
        self._whole(conversation, {tag for _, tag in parts if tag})
        return self._learned(conversation, parts)

    def parts(self, messages: list[Said], tools: Any = ()) -> list[tuple[str, str]]:
        """Text and whose it is: a message's number with a letter for the part of it, or nobody's."""
        for text in strings([messages, tools]):
            if _OPEN in text or _NAMED in text or _CLOSE in text:
                raise Quarantine("the text holds a noncharacter, U+FDD0 to U+FDD2")
        plain, marked_tools = self.render(messages, tools), [_marked_tool(tool) for tool in tools]
        for way in _WAYS:
            marked = [_marked(spoken, index, way) for index, spoken in enumerate(messages)]
            try:
                parts = _apart(self.render(marked, marked_tools))
            except Quarantine:
                continue
            if "".join(text for text, _ in parts) == plain:
                return parts
        raise Quarantine("the chat template changes the words, in a way that cannot be followed")

    def _whole(self, conversation: Conversation, seen: set[str]) -> None:
        """What the chat template leaves out is never left out in silence."""
        if conversation.tools and "t" not in seen:
            raise Quarantine("the chat template writes no tools")
        forgotten = False
        for index, message in enumerate(conversation.messages):
            if message.content.strip() and f"{index}c" not in seen:
                raise Quarantine(f"the chat template leaves out what the {message.role} says")
            if message.tool_calls and f"{index}f" not in seen:
                raise Quarantine("the chat template writes no calls of tools")
            if message.role == "user":
                forgotten = False  # reasoning before the last question may be left out, as servers do
            forgotten |= bool(message.reasoning) and f"{index}r" not in seen
        if forgotten:
            raise Quarantine("the chat template writes no reasoning; `reasoning: strip` leaves it out")

    def _learned(self, conversation: Conversation, parts: list[tuple[str, str]]) -> list[Piece]:
        """Of a learned reply all is learned from where a server's prompt ends to the token that ends it.

        A reply without its reasoning, or one that no server's prompt leads to, is only what was said before.
        """
        spans: dict[int, list[Span]] = {}
        replies = strangers = 0
        for index, (first, last, tags) in _places(parts).items():
            message = conversation.messages[index]
            forgot = message.reasoning and f"{index}r" not in tags
            learn = message.learn if message.learn is not None else not forgot
            if learn and message.role == "assistant":
                replies += 1
                strangers += not self._reply(parts, first, last, spans, message.parts(True))
            elif message.learn:
                for at in range(first, last + 1):
                    if parts[at][1]:
                        spans.setdefault(at, []).extend(_within(*parts[at], message.parts(True)))
        if replies and replies == strangers:
            raise Quarantine(
                f"the chat template's prompt for a reply ends with {self.opening!r}, this row's does not"
            )
        return [piece for at, part in enumerate(parts) for piece in _split(*part, spans.get(at, []))]

    def _reply(
        self,
        parts: list[tuple[str, str]],
        first: int,
        last: int,
        spans: dict[int, list[Span]],
        marked: Parts,
    ) -> bool:
        """Mark a reply as learned, if it stands where a server's prompt ends."""
        before = parts[first - 1][0] if first and not parts[first - 1][1] else ""
        ends = [self.opening] if self.opening else self.asked
        begin = max((at + len(end) for end in ends if (at := before.rfind(end)) >= 0), default=-1)
        if begin < 0:
            return False
        after = parts[last + 1][0] if last + 1 < len(parts) and not parts[last + 1][1] else ""
        end = after.find(self.stop)
        if end < 0:
            raise Quarantine(f"the chat template does not end a reply with {self.stop!r}")
        if before[begin:] and marked[0][1]:
            spans.setdefault(first - 1, []).append((begin, len(before)))
        for index in range(first, last + 1):
            spans.setdefault(index, []).extend(_within(*parts[index], marked))
        if marked[-1][1]:
            spans.setdefault(last + 1, []).append((0, end + len(self.stop)))
        return True


def _within(words: str, whose: str, marked: Parts) -> list[Span]:
    """Where those of a learned message's words stand that are learned; some chat templates trim them."""
    if len(marked) == 1 or not whose.endswith("c"):
        return [(0, len(words))]
    if words == "".join(text for text, _ in trimmed(marked)):
        marked = trimmed(marked)
    elif words != "".join(text for text, _ in marked):
        raise Quarantine("the chat template changes words of which only parts are learned")
    found, at = [], 0
    for text, learn in marked:
        found += [(at, at + len(text))] * learn
        at += len(text)
    return found


def _apart(text: str) -> list[tuple[str, str]]:
    """A marked render as its parts."""
    parts, at = [], 0
    for found in _MARKED.finditer(text):
        parts.append((text[at : found.start()], ""))
        parts.append((found[3], found[1] + found[2]))
        at = found.end()
    parts.append((text[at:], ""))
    return [part for part in parts if part[0] or part[1]]


def _places(parts: list[tuple[str, str]]) -> dict[int, tuple[int, int, set[str]]]:
    """Of each message the first and the last of its parts, and which it has."""
    places: dict[int, tuple[int, int, set[str]]] = {}
    for at, (_, tag) in enumerate(parts):
        if tag and tag[:-1]:
            first, _, tags = places.get(int(tag[:-1]), (at, at, set()))
            places[int(tag[:-1])] = (first, at, tags | {tag})
    return places


def _split(text: str, tag: str, learned: list[Span]) -> Iterator[Piece]:
    at = 0
    for start, end in sorted(learned):
        yield Piece(text[at:start], control=not tag)
        yield Piece(text[max(at, start) : end], learn=True, control=not tag)
        at = max(at, end)
    yield Piece(text[at:], control=not tag)
