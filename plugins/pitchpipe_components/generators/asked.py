"""What a conversation asks first: the instruction that generators work on."""

from dataclasses import dataclass

import pitchpipe as pp


@dataclass(frozen=True)
class Asked:
    """The first message of the user, with its context in one text, and the system messages before it."""

    text: str
    systems: tuple[pp.Message, ...]
    category: str


def asked_in(source: pp.Conversation) -> Asked | None:
    """None where no user asks anything."""
    systems = tuple(message for message in source.messages if message.role == "system")
    text = next((whole(message) for message in source.messages if message.role == "user"), "")
    return Asked(text, systems, source.category) if text.strip() else None


def whole(message: pp.Message) -> str:
    """Its content and its context."""
    return "\n\n".join(part for part in (message.content, message.context) if part)
