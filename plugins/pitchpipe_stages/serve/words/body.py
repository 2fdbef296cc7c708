"""A conversation as a client of OpenAI's API sends it: the way back from what `conversation_of` reads."""

import json
from typing import Any

from pitchpipe.records.conversation import Conversation, Json, Message


def body_of(conversation: Conversation, upto: int | None = None) -> Json:
    """The arguments of `conversation_of` for the messages up to one of them."""
    messages = [_message(message) for message in conversation.messages[:upto]]
    return {"messages": messages, "tools": conversation.tools}


def _message(message: Message) -> Json:
    said: Json = {"role": message.role, "content": message.content}
    if message.reasoning:
        said["reasoning_content"] = message.reasoning
    if message.tool_calls:
        said["tool_calls"] = [_call(call) for call in message.tool_calls]
        said["content"] = message.content or None
    return said | {key: value for key in ("name", "tool_call_id") if (value := getattr(message, key))}


def _call(call: Json) -> Json:
    function: Json = call.get("function", call)
    arguments: Any = function.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {**call, "type": "function", "function": {"name": function.get("name"), "arguments": text}}
