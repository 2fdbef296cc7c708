"""Prompts alone: a conversation up to its last reply, as a server asks by default. Nothing is learned."""

from collections.abc import Iterator, Sequence

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message, replace
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.document import is_document
from pitchpipe_stages.render.messages import ASKED_WITH
from pitchpipe_stages.render.taught import TaughtPart, TaughtParts

AWAITED = Message("assistant", "So be it.")  # stands where a reply will: the prompt ends before it


class TaughtPrompts:
    """Renders the prompts of conversations."""

    def __init__(self, batched: BatchedRenderer):
        self.batched = batched

    def examples(self, conversations: Sequence[Conversation]) -> Iterator[TaughtParts | Quarantine]:
        found = self.batched.examples([_asked(conversation) for conversation in conversations])
        for conversation, one in zip(conversations, found, strict=True):
            if is_document(conversation):
                yield Quarantine("plain text has no prompt")
            else:
                yield one if isinstance(one, Quarantine) else _prompt(conversation, one)

    def alone(self, conversation: Conversation) -> list[TaughtPart]:
        found = next(self.examples([conversation]))
        if isinstance(found, Quarantine):
            raise found
        return found.parts

    def room(self, example: Example) -> int:
        return len(example.ids)

    def tokens(self, conversation: Conversation) -> tuple[int, int]:
        count = len(self.alone(conversation)[-1].example.ids)
        return count, count

    def teaches(self, conversation: Conversation) -> bool:
        return True


def _asked(conversation: Conversation) -> Conversation:
    messages = conversation.messages
    before = messages[:-1] if messages and messages[-1].role == "assistant" else messages
    silent = (message if message.learn is False else replace(message, learn=False) for message in before)
    meta = {**conversation.meta, ASKED_WITH: {}}
    return replace(conversation, messages=(*silent, AWAITED), meta=meta, rejected=None)


def _prompt(conversation: Conversation, found: TaughtParts) -> TaughtParts:
    """What stands before the awaited reply."""
    asked = found.parts[-1]
    end = next(at for at, label in enumerate(asked.example.labels) if label != IGNORED)
    example = Example(asked.example.ids[:end], [IGNORED] * end)
    return TaughtParts([TaughtPart(conversation, example, (), {}, (asked,))], {}, found.notes)
