"""What is taught of conversations, as the trainer learns it: their replies, two sides of each, or prompts."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from pitchpipe.errors import Quarantine
from pitchpipe.host.protocols import Packing
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe_stages.learns import Learns
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.pairs import TaughtSides
from pitchpipe_stages.render.prompts import TaughtPrompts
from pitchpipe_stages.render.taught import TaughtPart, TaughtParts


class Teaching(Protocol):
    """Makes examples of conversations."""

    batched: BatchedRenderer

    def examples(self, conversations: Sequence[Conversation]) -> Iterator[TaughtParts | Quarantine]:
        """Each conversation's examples, or why it has none."""

    def alone(self, conversation: Conversation) -> list[TaughtPart]:
        """The examples of one conversation; a Quarantine says why there are none."""

    def room(self, example: Example) -> int:
        """The tokens that must fit a collator's row."""

    def tokens(self, conversation: Conversation) -> tuple[int, int]:
        """The room that a conversation takes, and all its tokens."""

    def teaches(self, conversation: Conversation) -> bool:
        """Whether there is anything to learn from."""


class TaughtReplies:
    """All replies that are learned, in as few examples as there can be."""

    def __init__(self, batched: BatchedRenderer):
        self.batched = batched

    def examples(self, conversations: Sequence[Conversation]) -> Iterator[TaughtParts | Quarantine]:
        return self.batched.examples(conversations)

    def alone(self, conversation: Conversation) -> list[TaughtPart]:
        return self.batched.renderer.examples(conversation)

    def room(self, example: Example) -> int:
        return len(example.ids)

    def tokens(self, conversation: Conversation) -> tuple[int, int]:
        count = self.batched.renderer.tokens(conversation)
        return count, count

    def teaches(self, conversation: Conversation) -> bool:
        said = conversation.messages
        return any(message.role == "assistant" and message.learn is not False for message in said)


def teaching_of(learns: Learns, batched: BatchedRenderer, collator: object) -> Teaching:
    """How conversations are taught to a trainer that learns this."""
    if learns == "replies":
        return TaughtReplies(batched)
    if learns == "prompts":
        return TaughtPrompts(batched)
    return TaughtSides(batched, learns == "pairs", isinstance(collator, Packing))
