"""Reads lists of turns: {role, content}, {from, value}, {speaker, text}, and other keys of a turn."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Rest, first
from pitchpipe_components.formats.learning import taken
from pitchpipe_components.formats.parts import marked
from pitchpipe_components.formats.tools import calls, decoded
from pitchpipe_components.formats.typed_parts import answers_apart, has_answers, parted

ROLES = ("role", "from", "speaker")
TEXTS = ("content", "value", "text", "message", "utterance", "parts")
REASONING = ("reasoning_content", "reasoning", "thinking")
CALLERS = ("function_call", "tool_call")  # ShareGPT's roles whose content is a tool call in JSON
REPLIERS = (
    "assistant",
    "gpt",
    "chatgpt",
    "model",
    "bot",
    "chatbot",
    "ai",
    "bing",
    "bard",
    "output",
    "answer",
)
NOTHING: Rest = {}


class Spoken(NamedTuple):
    """Messages, and the other keys of each message's turn."""

    messages: list[Message]
    turns: list[Rest]


def read(turns: Any, name: str, ignored: Sequence[str] = ()) -> Spoken | Drop:
    """Reads every turn as a message; roles and contents stay as they are, except for tool calls."""
    turns = decoded(turns)
    if not isinstance(turns, list):
        return drop(f"{name} is not a list")
    messages, rests = [], []
    role_key = text_key = ""
    for turn in turns:
        if not isinstance(turn, dict):
            return drop("a turn is not an object")
        if role_key not in turn or text_key not in turn:
            role_key, text_key = keys(turn)
        text = turn.get(text_key)
        if len(turn) == 2 and role_key in turn and type(text) is str and turn[role_key] not in CALLERS:
            messages.append(Message(turn[role_key], text))
            rests.append(NOTHING)
        else:
            for one in answers_apart(turn, role_key, text_key) if has_answers(text) else [turn]:
                message, rest = _full(one, role_key, text_key, ignored)
                messages.append(message)
                rests.append(rest)
    return Spoken(messages, rests)


def keys(turn: dict[str, Any]) -> tuple[str, str]:
    """Returns the keys that hold a turn's role and its content."""
    return first(turn, ROLES) or "role", first(turn, TEXTS) or "content"


def is_turn(value: Any) -> bool:
    """Whether the value is an object with a role."""
    return isinstance(value, dict) and bool(first(value, ROLES))


def is_reply(turn: Any) -> bool:
    """Whether the value is a turn or a message of an assistant, by the usual names of the role."""
    role = turn.get(keys(turn)[0]) if isinstance(turn, dict) else getattr(turn, "role", None)
    return isinstance(role, str) and role.strip().lower() in REPLIERS


def first_object(turns: Any) -> dict[str, Any]:
    """Returns the first turn that is an object and not empty: it shows the dialect of the list."""
    turns = decoded(turns)
    found = (turn for turn in turns if isinstance(turn, dict) and turn) if isinstance(turns, list) else ()
    return next(iter(found), NOTHING)


def said(value: Any, role: str, name: str) -> Spoken | Drop:
    """Reads a value that is a list of turns, one turn, or the content of one message."""
    value = [value] if is_turn(value) else value
    if isinstance(value, list) and any(map(is_turn, value)):
        return read(value, name)
    return Spoken([Message(role, value)], [NOTHING])


def _full(turn: dict[str, Any], role_key: str, text_key: str, ignored: Sequence[str]) -> tuple[Message, Rest]:
    """Reads a turn that holds more than role and content; a key with a null counts as missing."""
    rest = {key: value for key, value in turn.items() if value is not None and key not in ignored}
    role, content = rest.pop(role_key, None), rest.pop(text_key, None)
    content, thoughts, called = parted(content)
    tool_calls = rest.pop("tool_calls", None) or called
    if not tool_calls and (found := calls(rest.get("function_call"))):
        tool_calls = found
        del rest["function_call"]
    if not tool_calls and role in CALLERS and (found := calls(content)):
        content, tool_calls = "", found
    content, learn = marked(content, taken(rest), rest)
    message = Message(
        role,
        content,
        learn=learn,
        reasoning=_text(rest, *REASONING) or thoughts,
        tool_calls=tuple(tool_calls) if isinstance(tool_calls, list) else tool_calls,
        name=_text(rest, "name"),
        tool_call_id=_text(rest, "tool_call_id"),
    )
    return message, rest


def _text(rest: Rest, *names: str) -> str:
    """Takes out the first of these values that is text."""
    for name in names:
        if isinstance(rest.get(name), str):
            return rest.pop(name)
    return ""
