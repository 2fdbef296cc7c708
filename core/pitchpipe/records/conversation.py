"""Rows, messages and conversations: what loaders yield, what formats make, what filters judge."""

from hashlib import blake2b
from itertools import takewhile
from typing import Any

from msgspec import Struct, field, msgpack
from msgspec.structs import replace as replace

from pitchpipe.errors import Quarantine

Json = dict[str, Any]  # an object of JSON, whatever it holds
MarkedWords = tuple[tuple[str, bool], ...]  # words, each with whether they are learned


class Row(Struct):
    """One record that a loader yields, and its place."""

    data: Any
    file: str = ""
    line: int = 0
    error: str = ""  # why the row cannot be read
    notes: tuple[str, ...] = ()  # repairs that reading the row needed
    stands_for: int = 1  # rows that were joined into it
    unwanted: str = ""  # why the loader leaves it out, though nothing is wrong with it


class Message(Struct, frozen=True, omit_defaults=True, gc=False):
    """One turn."""

    role: str
    content: str
    context: str = ""  # what the turn is about: Alpaca's input
    learn: bool | MarkedWords | None = None  # overrides the recipe's masking of the content, or of its parts
    reasoning: str = ""  # of a reply
    tool_calls: tuple[Json, ...] = ()  # of a reply
    name: str = ""
    tool_call_id: str = ""  # the call that a tool's answer belongs to

    def marked_words(self, learn: bool) -> MarkedWords:
        """The content in parts, and whether each is learned. `learn` is the recipe's masking."""
        if not isinstance(self.learn, tuple):
            return ((self.content, learn if self.learn is None else self.learn),)
        if "".join(text for text, _ in self.learn) != self.content:
            raise Quarantine("its words were changed after parts of them were marked to be learned or not")
        return self.learn


class Source(Struct, frozen=True, omit_defaults=True, gc=False):
    """The place that a conversation comes from."""

    dataset: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file or self.dataset}:{self.line}"


class Conversation(Struct, frozen=True, omit_defaults=True, gc=False):
    """Messages in order. A conversation never changes: an edit makes a new one (`pp.replace`)."""

    messages: tuple[Message, ...]
    category: str = ""
    source: Source = field(default_factory=Source)
    id: str = ""  # a hash of the messages as they were read; edits keep it
    meta: Json = field(default_factory=dict)  # other fields of the row, and values that plugins add
    rejected: Message | None = None  # the worse reply, in preference data
    tools: tuple[Json, ...] = ()  # those that the model may call
    group: str = ""  # conversations of one group stay on one side of a split

    def last_reply(self) -> int | None:
        """The index of the last reply that is learned."""
        replies = [i for i, m in enumerate(self.messages) if m.role == "assistant" and m.learn is not False]
        return replies[-1] if replies else None

    def prompt(self) -> str:
        """The text before the first reply. Two sides of a split never share a prompt."""
        before = takewhile(lambda message: message.role != "assistant", self.messages)
        return "\x00".join(words for m in before for words in (m.role, m.content, m.context))

    def replies(self) -> list[str]:
        return [message.content for message in self.messages if message.role == "assistant"]


def content_id(conversation: Conversation) -> str:
    """A hash of the messages. It does not depend on their file."""
    return blake2b(msgpack.encode(conversation.messages), digest_size=8).hexdigest()
