"""What rendering makes of a conversation: examples, and the replies that each teaches."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe_stages.render.chat_template import Passed


@dataclass(slots=True)
class TaughtPart:
    """One example of a conversation, and the replies that it teaches. `sides` are those of two prompts with
    one reply each, where it has them."""

    conversation: Conversation
    example: Example
    replies: tuple[int, ...]
    requests: dict[int, Passed]
    sides: "Sequence[TaughtPart]" = ()


@dataclass(slots=True)
class TaughtParts:
    """The examples of a conversation, and why a reply is in none."""

    parts: list[TaughtPart]
    missed: dict[int, str]
    notes: tuple[str, ...]


def tokens_of(example: Example) -> int:
    """The tokens of both sides."""
    return len(example.ids) + (len(example.rejected.ids) if example.rejected else 0)


def learned_of(example: Example) -> int:
    """The learned tokens of both sides."""
    return example.learned + (example.rejected.learned if example.rejected else 0)
