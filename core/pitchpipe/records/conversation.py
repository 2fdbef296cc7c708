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
    """One record that a loader yields, and its place. A row that cannot be read says why in `error`.

    `notes` says what reading the row had to mend. `stands_for` counts the rows that were joined into it.
    """

    data: Any
    file: str = ""
    line: int = 0
    error: str = ""
    notes: tuple[str, ...] = ()
    stands_for: int = 1


class Message(Struct, frozen=True, omit_defaults=True, gc=False):
    """One turn. `context` is what the turn is about (Alpaca's input). `learn` overrides the recipe's masking,
    for the whole content or for each part of it.

    A reply may hold its `reasoning` and its `tool_calls`. A tool's answer names the call that it answers in
    `tool_call_id`.
    """

    role: str
    content: str
    context: str = ""
    learn: bool | MarkedWords | None = None
    reasoning: str = ""
    tool_calls: tuple[Json, ...] = ()
    name: str = ""
    tool_call_id: str = ""

    def marked_words(self, learn: bool) -> MarkedWords:
        """The content in parts, and whether each is learned. `learn` holds where the message is silent."""
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
    """Messages in order. A conversation never changes: an edit makes a new one (`pp.replace`).

    The id is a hash of the messages as they were read, and survives every edit. `meta` holds what else the
    row said, and what plugins add. Conversations that share a `group` stay on one side of a split. `tools`
    are those that the model may call. Preference data has the reply that was `rejected`.
    """

    messages: tuple[Message, ...]
    category: str = ""
    source: Source = field(default_factory=Source)
    id: str = ""
    meta: Json = field(default_factory=dict)
    rejected: Message | None = None
    tools: tuple[Json, ...] = ()
    group: str = ""

    def last_reply(self) -> int | None:
        """The index of the last reply that is learned."""
        replies = [i for i, m in enumerate(self.messages) if m.role == "assistant" and m.learn is not False]
        return replies[-1] if replies else None

    def prompt(self) -> str:
        """Everything before the first reply. Two sides of a split never share a prompt."""
        before = takewhile(lambda message: message.role != "assistant", self.messages)
        return "\x00".join(words for m in before for words in (m.role, m.content, m.context))

    def replies(self) -> list[str]:
        """The words of every reply."""
        return [message.content for message in self.messages if message.role == "assistant"]


def content_id(conversation: Conversation) -> str:
    """A hash of the messages: the same in whatever file they were read from."""
    return blake2b(msgpack.encode(conversation.messages), digest_size=8).hexdigest()
