"""What rendering makes of a conversation: examples, and the replies that each teaches."""

from dataclasses import dataclass

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe_stages.render.chat_template import Request


@dataclass(slots=True)
class TaughtPart:
    """One example of a conversation, and the replies that it teaches."""

    conversation: Conversation
    example: Example
    replies: tuple[int, ...]
    requests: dict[int, Request]


@dataclass(slots=True)
class TaughtParts:
    """The examples of a conversation, and why a reply is in none."""

    parts: list[TaughtPart]
    missed: dict[int, str]
    notes: tuple[str, ...]
