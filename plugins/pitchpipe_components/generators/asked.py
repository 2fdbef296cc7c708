"""What a conversation asks first: the instruction that generators work on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pitchpipe as pp


@dataclass(frozen=True)
class Posed:
    """The first message of the user, with its context in one text, and the system messages before it."""

    text: str
    systems: tuple[pp.Message, ...]
    category: str


def asked_in(source: pp.Conversation) -> Posed | None:
    """None where no user asks anything."""
    systems = tuple(message for message in source.messages if message.role == "system")
    text = next((whole(message) for message in source.messages if message.role == "user"), "")
    return Posed(text, systems, source.category) if text.strip() else None


def whole(message: pp.Message) -> str:
    """Its content and its context."""
    return "\n\n".join(part for part in (message.content, message.context) if part)


def text_of(source: pp.Conversation) -> str:
    """The text that a source is: its last reply, or without one what its user says first."""
    last = source.last_reply()
    if last is not None:
        return source.messages[last].content.strip()
    asked = asked_in(source)
    return asked.text.strip() if asked else ""


async def reply_to(ask: pp.Asking, question: str | Sequence[dict[str, Any]], **how: Any) -> pp.Reply | None:
    """A whole reply; None where there is none, unless nothing was sent: then no other question is, either."""
    try:
        return await ask(question, **how)
    except pp.Unanswered as unanswered:
        if unanswered.reply.end == "unsent":
            raise
        return None


def must_take(prompt: str, field: str, what: str = "the prompt", others: Sequence[str] = ()) -> None:
    """Refuses a prompt of a recipe without its field, or with one that nobody fills in."""
    found = re.findall(r"\{([a-z_]+)\}", prompt)
    if field not in found:
        raise ValueError(f"{what} has no field {{{field}}}")
    if unknown := sorted({*found} - {field, *others}):
        raise ValueError(f"{what} has a field that nobody fills in: {{{unknown[0]}}}. Known: {{{field}}}")
