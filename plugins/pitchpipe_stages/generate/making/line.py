"""A line of rows.jsonl: a conversation that was made, and how."""

import msgspec
from msgspec import Struct

from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.data.writable import UNWRITABLE, plain

BREAKS = "\u2028\u2029\x85"  # where other readers than JSON's see the end of a line


class MadeBy(Struct, omit_defaults=True):
    """How a conversation was made."""

    generator: str
    teacher: str
    asked_model: str
    asks: list[str]  # keys in the record: of all questions that it came of, those of its parents too
    parents: list[str]  # its source, and what that was made of; then what was shown to make it
    answered_model: str = ""
    operator: str = ""
    round: int = 0
    prompt_version: str = ""


class MadeLine(Struct, omit_defaults=True):
    """A row, as the format `made` reads it."""

    id: str
    messages: list[Message]
    made: MadeBy | None = None  # of a seed
    group: str = ""
    category: str = ""
    tools: list[Json] = []
    rejected: Message | None = None
    meta: Json = {}


def line_of(conversation: Conversation, by: MadeBy | None = None) -> MadeLine:
    return MadeLine(
        conversation.id, list(conversation.messages), by, conversation.group, conversation.category,
        list(conversation.tools), conversation.rejected, conversation.meta,
    )  # fmt: skip


def as_bytes(line: MadeLine) -> bytes:
    """One line. What a plugin put into it becomes what can be written."""
    try:
        text = msgspec.json.encode(line)
    except UNWRITABLE:
        text = msgspec.json.encode(plain(msgspec.to_builtins(line, enc_hook=str)))
    for character in BREAKS:
        text = text.replace(character.encode(), f"\\u{ord(character):04x}".encode())
    return text + b"\n"
