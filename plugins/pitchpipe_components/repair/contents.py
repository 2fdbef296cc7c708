"""Gives every field of a message its proper type: text where a row held numbers, parts or null."""

from operator import is_
from typing import Any

from msgspec.structs import astuple

from pitchpipe import MarkedWords, Message
from pitchpipe_components.repair.unmendable import Unmendable, shown
from pitchpipe_components.text.weights import is_missing, weight_of


def sound_message(message: Message, role: str, notes: list[str]) -> Message:
    """Gives a message fields of the right types; returns the same object if they were right already."""
    fields = (
        message.role if message.role == role else role,
        text_of(message.content, "content", notes),
        text_of(message.context, "context", notes),
        _learn_of(message.learn, message.content, notes),
        text_of(message.reasoning, "reasoning", notes),
        _calls_of(message.tool_calls),
        text_of(message.name, "name", notes),
        text_of(message.tool_call_id, "tool_call_id", notes),
    )
    return message if all(map(is_, fields, astuple(message))) else Message(*fields)


def text_of(value: Any, field: str, notes: list[str]) -> str:
    """Turns a value into text: null is empty, numbers are written out, parts are joined."""
    if value is None:
        return ""
    if (isinstance(value, str) and value == "nan") or (isinstance(value, float) and value != value):
        notes.append(f"nan read as empty: {field}")
        return ""
    if isinstance(value, str):
        return value if type(value) is str else str(value)
    if isinstance(value, bool | int | float):
        notes.append(f"number or boolean read as text: {field}")
        return _number(value, field)
    if isinstance(value, list | tuple):
        return _joined(value, field, notes)
    return _part(value, field)


def _number(value: bool | int | float, field: str) -> str:
    """Writes a number as JSON does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return str(value)
    except ValueError:  # Python refuses to write integers of more than 4300 digits
        raise Unmendable(f"{field} is too large a number") from None


def _joined(parts: list[Any] | tuple[Any, ...], field: str, notes: list[str]) -> str:
    """Joins the texts of a list of parts, one line each."""
    if any(isinstance(part, str) for part in parts):
        notes.append(f"list read as text: {field}")
    return "\n".join(text for text in (_part(part, field) for part in parts) if text)


def _part(part: Any, field: str) -> str:
    """Returns the text of one part: {"type": "text", "text": "Hi"}, or the text alone."""
    if part is None or isinstance(part, str):
        return str(part or "")
    if not isinstance(part, dict):
        raise Unmendable(f"{field} is {type(part).__name__}, not text")
    kind, text = part.get("type"), part.get("text")
    if isinstance(text, str) and (kind is None or (isinstance(kind, str) and "text" in kind)):
        return text
    if isinstance(kind, str) and "text" not in kind:
        raise Unmendable(f"holds a part that is not text: {shown(kind)}")
    raise Unmendable(f"{field} is dict, not text")


def _learn_of(value: Any, content: Any, notes: list[str]) -> bool | MarkedWords | None:
    """Reads a weight as a switch: a word is learned or not, and nothing between."""
    if isinstance(value, bool) or is_missing(value):
        return value if isinstance(value, bool) else None
    if isinstance(value, tuple) and all(map(_is_marked, value)) and content == "".join(t for t, _ in value):
        return value
    weight = weight_of(value)
    if weight is None:
        raise Unmendable(f"weight is neither 0 nor 1: {shown(value)}")
    if not isinstance(weight, bool):
        notes.append(f"weight read as {'learned' if weight > 0 else 'not learned'}: {shown(weight)}")
    return weight > 0


def _is_marked(part: Any) -> bool:
    return isinstance(part, tuple) and [type(entry) for entry in part] == [str, bool]


def _calls_of(value: Any) -> tuple[dict[str, Any], ...]:
    """Checks that tool calls are objects, and leaves them as they are: arguments may even be JSON text."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise Unmendable(f"tool_calls is {type(value).__name__}, not a list of objects")
    for call in value:
        if not isinstance(call, dict):
            raise Unmendable(f"tool_calls holds {type(call).__name__}, not objects")
    return value if isinstance(value, tuple) else tuple(value)
