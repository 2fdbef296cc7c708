"""A message as lines for people: its words, its context, its reasoning and its calls."""

from collections.abc import Iterator

import msgspec

from pitchpipe.records.conversation import Message


def lines_of(message: Message) -> Iterator[tuple[str, str]]:
    """What each line is, and what it holds. What a message has not is no line, but for words."""
    if message.reasoning:
        yield f"{message.role} thinks", message.reasoning
    if message.content or not message.tool_calls:
        yield message.role, message.content
    if message.context:
        yield "  context", message.context
    for call in message.tool_calls:
        function = call.get("function", call)
        name = function.get("name", "") if isinstance(function, dict) else function
        arguments = function.get("arguments", {}) if isinstance(function, dict) else {}
        text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
        yield f"{message.role} calls", f"{name} {text}"
