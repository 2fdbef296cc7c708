"""Messages as servers pass them to a chat template."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Json, Message

IN_WORDS = "reasoning_in_words"  # a conversation's meta: so the row had it, so a template may write it
ASKED_WITH = "\0variables"  # in meta too: what the chat template is told, whatever suits the reply; no column
THOUGHTS = ("reasoning_content", "reasoning", "thinking")  # servers pass it by each name that is in use
OPEN_THOUGHT, CLOSE_THOUGHT = "<think>\n", "\n</think>\n\n"


class Serving(NamedTuple):
    """How a server passes messages. Servers differ, and chat templates want the one or the other."""

    context_apart: bool = False  # a message's context has a key of its own
    thought_apart: bool = True  # reasoning has keys of its own; else it is in the words of the last reply
    arguments_as_text: bool = False  # of a call
    silent: bool = False  # a reply that only calls has no content, not even an empty one
    in_parts: bool = False  # the content is a list of typed parts


class Marker:
    """Passes words on as they are. `marking.Marks` puts marks around them."""

    def words(self, text: str, index: int, kind: str, message: Message) -> str:
        return text

    def name(self, text: str, index: int) -> str:
        return text

    def deep(self, value: Any, index: int) -> Any:
        return value


PLAIN = Marker()


def as_served(messages: Sequence[Message], serving: Serving, marker: Marker = PLAIN) -> list[Json]:
    """The messages as servers pass them to a chat template."""
    last = len(messages) - 1
    return [_message(m, index, serving, marker, index == last) for index, m in enumerate(messages)]


def _message(message: Message, index: int, serving: Serving, marker: Marker, is_last: bool) -> Json:
    more = message.context or message.reasoning or message.tool_calls or message.name or message.tool_call_id
    if not more and not serving.in_parts:  # most messages have nothing but words
        return {"role": message.role, "content": marker.words(message.content, index, "c", message)}
    words, apart = message.content, serving.context_apart
    if message.context and not apart:
        words = f"{words}\n\n{message.context}"
    served: Json = {"role": message.role, "content": marker.words(words, index, "c", message)}
    if message.context and apart:
        served["context"] = marker.words(message.context, index, "x", message)
    if message.reasoning and serving.thought_apart:
        served |= dict.fromkeys(THOUGHTS, marker.words(message.reasoning, index, "r", message))
    elif message.reasoning and is_last:
        thought = marker.words(message.reasoning, index, "r", message)
        served["content"] = OPEN_THOUGHT + thought + CLOSE_THOUGHT + served["content"]
    if message.tool_calls:
        served["tool_calls"] = [_call(call, index, serving, marker) for call in message.tool_calls]
    if message.tool_calls and serving.silent and not served["content"]:
        del served["content"]
    elif serving.in_parts:
        served["content"] = [{"type": "text", "text": served["content"]}]
    return served | {
        key: marker.deep(value, index) for key in ("name", "tool_call_id") if (value := getattr(message, key))
    }


def _call(call: Json, index: int, serving: Serving, marker: Marker) -> Json:
    """A call as chat templates want it: its arguments an object, or JSON text."""
    function = call.get("function", call)
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise Quarantine("a call does not say what it calls")
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            raise Quarantine("a call's arguments are no JSON") from None
    if serving.arguments_as_text:
        arguments = json.dumps(arguments, ensure_ascii=False)
    made = {"name": marker.name(function["name"], index), "arguments": marker.deep(arguments, index)}
    served: Json = {"type": "function", "function": made}
    return {"id": marker.deep(call["id"], index), **served} if isinstance(call.get("id"), str) else served


def texts_in(value: object) -> Iterator[str]:
    """Every text in messages or tools."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from texts_in(key)
            yield from texts_in(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from texts_in(entry)
