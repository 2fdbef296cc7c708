"""What every format checks before it calls messages a conversation."""

from typing import Any

from pitchpipe import Conversation, Drop, Message, drop


def conversation(messages: list[Message], row: dict[str, Any]) -> Conversation | Drop:
    """The messages as a conversation, or the reason why they are none."""
    if not any(message.role == "assistant" for message in messages):
        return drop("no reply")
    for message in messages:
        if not message.content.strip() and not message.tool_calls:
            return drop("empty reply" if message.role == "assistant" else f"empty {message.role} message")
    first = next((message.role for message in messages if message.role != "system"), "")
    if first == "assistant":
        return drop("begins with a reply")
    category = row.get("category")
    return Conversation(tuple(messages), category if isinstance(category, str) else "")


def wrong_type(name: str, value: Any) -> Drop:
    return drop(f"{name} is missing" if value is None else f"{name} is {type(value).__name__}, not text")
