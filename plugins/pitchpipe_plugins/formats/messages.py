"""OpenAI rows: messages of {role, content}."""

from dataclasses import dataclass
from typing import Any

from pitchpipe import Conversation, Drop, Message, drop
from pitchpipe_plugins.formats.shape import conversation, wrong_type

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}


@dataclass(frozen=True)
class Messages:
    """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}

    A message's weight 0 or 1 says whether it is learned. The list may also be called conversations.
    """

    def matches(self, row: dict[str, Any]) -> bool:
        turns = _turns(row)
        return isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and "role" in turns[0]

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        turns = _turns(row)
        if not isinstance(turns, list):
            return drop("messages is not a list")
        messages = []
        for turn in turns:
            message = _message(turn) if isinstance(turn, dict) else drop("a message is not an object")
            if isinstance(message, Drop):
                return message
            messages.append(message)
        return conversation(messages, row)


def _turns(row: dict[str, Any]) -> Any:
    return row.get("messages", row.get("conversations"))


def _message(turn: dict[str, Any]) -> Message | Drop:
    role, text, calls = turn.get("role"), turn.get("content"), turn.get("tool_calls") or ()
    if not isinstance(role, str) or role not in ROLES:
        return drop(f"unknown role: {role!r}")
    if text is None and calls:
        text = ""
    if not isinstance(text, str):
        return wrong_type("content", text)
    if not (isinstance(calls, list | tuple) and all(isinstance(call, dict) for call in calls)):
        return drop("tool_calls is not a list of objects")
    weight = turn.get("weight")
    if weight is not None and (role != "assistant" or weight not in (0, 1)):
        return drop(f"weight: {weight!r} on a message of role {role}; only a reply has one, 0 or 1")
    learn = None if weight is None else bool(weight)
    return Message(ROLES[role], text, learn=learn, tool_calls=tuple(calls))
