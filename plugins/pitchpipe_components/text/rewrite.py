"""One change made to the texts of a conversation; all else of it stays as it is."""

from collections.abc import Callable
from typing import Any

from pitchpipe import Conversation, Message, replace

Change = Callable[[str], str]


def rewrite(conversation: Conversation, change: Change, calls: bool = False) -> Conversation:
    """Contents, contexts and reasoning changed, also of the rejected reply; with `calls`, tool calls too."""
    messages = tuple([_message(message, change, calls) for message in conversation.messages])
    rejected = conversation.rejected
    if rejected is not None:
        rejected = _message(rejected, change, calls)
    return _put(conversation, messages, rejected)


def rewrite_replies(conversation: Conversation, change: Change) -> Conversation:
    """The same for the contents and the reasoning of replies alone."""
    messages = tuple(
        [_message(m, change, False) if m.role == "assistant" else m for m in conversation.messages]
    )
    return _put(conversation, messages, conversation.rejected)


def _put(conversation: Conversation, messages: tuple[Message, ...], rejected: Message | None) -> Conversation:
    """A new conversation only where something is new."""
    same = all(new is old for new, old in zip(messages, conversation.messages, strict=True))
    if same and rejected is conversation.rejected:
        return conversation
    return replace(conversation, messages=messages, rejected=rejected)


def _message(message: Message, change: Change, calls: bool) -> Message:
    changed: dict[str, Any] = {}
    for name in ("content", "context", "reasoning"):
        if (old := getattr(message, name)) and (new := change(old)) != old:
            changed[name] = new
    if (
        calls
        and message.tool_calls
        and (new_calls := _deep(message.tool_calls, change)) != message.tool_calls
    ):
        changed["tool_calls"] = new_calls
    return replace(message, **changed) if changed else message


def _deep(value: Any, change: Change) -> Any:
    """Every text inside of a value; the keys of mappings stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _deep(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_deep(inner, change) for inner in value)
    return value
