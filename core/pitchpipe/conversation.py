"""The records that travel through pitchpipe: a row comes in, a conversation goes on."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any


@dataclass(slots=True)
class Row:
    """What a loader yields: one record, and where it was found. An unreadable one says why."""

    data: Any
    file: str = ""
    line: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `context` is what it is about (Alpaca's input); `learn` overrides the masking."""

    role: str
    content: str
    context: str = ""
    learn: bool | None = None
    reasoning: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a conversation comes from."""

    dataset: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file or self.dataset}:{self.line}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in order. It is never changed in place: an edit is a new one (dataclasses.replace).

    The id is a hash of what was read, and survives every edit.
    """

    messages: tuple[Message, ...]
    category: str = ""
    source: Source = field(default_factory=Source)
    id: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    rejected: Message | None = None

    def last_reply(self) -> int | None:
        """Where the last reply stands that is learned."""
        replies = [i for i, m in enumerate(self.messages) if m.role == "assistant" and m.learn is not False]
        return replies[-1] if replies else None

    def prompt(self) -> str:
        """All that is said before the first reply: what a held-out example must not share."""
        said = []
        for message in self.messages:
            if message.role == "assistant":
                break
            said += [message.role, message.content, message.context]
        return "\x00".join(said)


Measure = float | str | None


@dataclass(frozen=True, slots=True)
class Drop:
    """A decision against a conversation, with the score and the limit that made it."""

    reason: str
    score: Measure = None
    limit: Measure = None


def drop(reason: str, *, score: Measure = None, limit: Measure = None) -> Drop:
    """What a filter or a format returns to drop a conversation.

    The reason is one line; reports count reasons by what stands before the first colon. `score` is what was
    measured, `limit` what it was measured against. The ledger keeps all three.
    """
    words = " ".join(reason.split()).encode("utf-8", "backslashreplace").decode()
    if not words:
        raise ValueError("pp.drop needs a reason")
    return Drop(words, _plain(score), _plain(limit))


def _plain(measure: Any) -> Measure:
    """A number of any library as Python's own."""
    return measure if measure is None or isinstance(measure, str | int | float) else float(measure)


def content_id(conversation: Conversation) -> str:
    """The same messages have the same id, whatever file they were read from."""
    digest = blake2b(digest_size=8)
    for message in conversation.messages:
        for part in (
            message.role,
            message.content,
            message.context,
            message.reasoning,
            str(message.tool_calls),
        ):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()
