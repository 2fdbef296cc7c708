"""ShareGPT rows: conversations of {from, value}."""

from dataclasses import dataclass
from typing import Any

from pitchpipe import Conversation, Drop, Message, drop
from pitchpipe_plugins.formats.shape import conversation, wrong_type

ROLES = {"system": "system", "human": "user", "user": "user"} | dict.fromkeys(
    ("gpt", "assistant", "chatgpt", "bing", "bard"), "assistant"
)


@dataclass(frozen=True)
class ShareGPT:
    """{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}"""

    def matches(self, row: dict[str, Any]) -> bool:
        turns = row.get("conversations")
        return isinstance(turns, list) and bool(turns) and isinstance(turns[0], dict) and "from" in turns[0]

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        turns = row.get("conversations")
        if not isinstance(turns, list):
            return drop("conversations is not a list")
        messages = []
        for turn in turns:
            if not isinstance(turn, dict):
                return drop("a turn is not an object")
            role, text = turn.get("from"), turn.get("value")
            if not isinstance(role, str) or role not in ROLES:
                return drop(f"unknown role: {role!r}")
            if not isinstance(text, str):
                return wrong_type("value", text)
            messages.append(Message(ROLES[role], text))
        return conversation(messages, row)
