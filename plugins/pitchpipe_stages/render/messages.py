"""Messages as servers pass them to a chat template."""

import json
from collections.abc import Iterator

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Json, Message


def as_served(conversation: Conversation, context_apart: bool) -> list[Json]:
    """The messages as servers pass them to a chat template."""
    return [_message(message, context_apart) for message in conversation.messages]


def _message(message: Message, context_apart: bool) -> Json:
    served: Json = {"role": message.role, "content": message.content}
    if message.context and context_apart:
        served["context"] = message.context
    elif message.context:
        served["content"] = f"{message.content}\n\n{message.context}"
    if message.reasoning:
        served["reasoning_content"] = message.reasoning
    if message.tool_calls:
        served["tool_calls"] = [_call(call) for call in message.tool_calls]
    served |= {key: value for key in ("name", "tool_call_id") if (value := getattr(message, key))}
    return served


def _call(call: Json) -> Json:
    """A call as chat templates want it: its arguments an object, not JSON text."""
    function = call.get("function", call)
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise Quarantine("a call does not say what it calls")
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            raise Quarantine("a call's arguments are no JSON") from None
    made = {"type": "function", "function": {"name": function["name"], "arguments": arguments}}
    return {"id": call["id"], **made} if isinstance(call.get("id"), str) else made


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
