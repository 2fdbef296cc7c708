"""The records that travel through pitchpipe: a row comes in, a conversation goes on, verdicts judge it."""

from hashlib import blake2b
from typing import Any

from msgspec import Struct, field, msgpack
from msgspec.structs import replace as replace

from pitchpipe.errors import Quarantine


class Row(Struct):
    """What a loader yields: one record, and where it was found. An unreadable one says why in `error`.

    `notes` says what reading it had to mend, `stands_for` how many rows were joined into it.
    """

    data: Any
    file: str = ""
    line: int = 0
    error: str = ""
    notes: tuple[str, ...] = ()
    stands_for: int = 1


Parts = tuple[tuple[str, bool], ...]  # words, and whether they are learned


class Message(Struct, frozen=True, omit_defaults=True, gc=False):
    """One turn. `context` is what it is about (Alpaca's input); `learn` overrides the masking: for all of
    the content, or part by part.

    A reply may hold its `reasoning` and the `tool_calls` it makes; a tool's answer says which call it
    answers in `tool_call_id`.
    """

    role: str
    content: str
    context: str = ""
    learn: bool | Parts | None = None
    reasoning: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    name: str = ""
    tool_call_id: str = ""

    def parts(self, learn: bool) -> Parts:
        """The content, and what of it is learned where the message does not say."""
        if not isinstance(self.learn, tuple):
            return ((self.content, learn if self.learn is None else self.learn),)
        if "".join(text for text, _ in self.learn) != self.content:
            raise Quarantine("its words were changed after parts of them were marked to be learned or not")
        return self.learn


class Source(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where a conversation comes from."""

    dataset: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file or self.dataset}:{self.line}"


class Conversation(Struct, frozen=True, omit_defaults=True, gc=False):
    """Messages in order. It is never changed in place: an edit is a new one (`pp.replace`).

    The id is a hash of what was read, and survives every edit. `meta` holds what else the row said, and
    whatever plugins know. What shares a `group` never lands on two sides of a split. `tools` are those that
    the model may call. Preference data has the reply that was `rejected`.
    """

    messages: tuple[Message, ...]
    category: str = ""
    source: Source = field(default_factory=Source)
    id: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    rejected: Message | None = None
    tools: tuple[dict[str, Any], ...] = ()
    group: str = ""

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

    def replies(self) -> list[str]:
        """The words of every reply."""
        return [message.content for message in self.messages if message.role == "assistant"]


# --- Verdicts -----------------------------------------------------------------------------------

Measure = int | float | str | None
Bounds = tuple[float, float | None, float | None]  # a score, the least and the most that it may be


class Drop(Struct, frozen=True, gc=False):
    """A decision against a conversation, with the score and the limit that made it."""

    reason: str
    score: Measure = None
    limit: Measure = None


class Verdict(Struct, frozen=True, gc=False):
    """A conversation with what was measured of it and what was changed in it."""

    conversation: Conversation
    scores: dict[str, Bounds] = {}
    notes: tuple[str, ...] = ()

    @property
    def drop(self) -> Drop | None:
        """The first score that is out of bounds, as a decision."""
        for name, (score, least, most) in self.scores.items():
            if least is not None and score < least:
                return Drop(f"{name.replace('_', ' ')} too low", _plain(score), least)
            if most is not None and score > most:
                return Drop(f"{name.replace('_', ' ')} too high", _plain(score), most)
        return None


def drop(reason: str, *, score: Measure = None, limit: Measure = None) -> Drop:
    """What a filter or a format returns to drop a conversation.

    The reason is one line; reports count reasons by what stands before the first colon. `score` is what was
    measured, `limit` what it was measured against. The ledger keeps all three.
    """
    words = " ".join(reason.split()).encode("utf-8", "backslashreplace").decode()
    if not words:
        raise ValueError("pp.drop needs a reason")
    return Drop(words, _plain(score), _plain(limit))


def judged(conversation: Conversation, **scores: Bounds) -> Verdict:
    """What a filter returns that measures: `pp.judged(conversation, words=(12, min_words, max_words))`.

    Each score comes with the least and the most that it may be (None: no bound), and is kept beside the
    row whether that is dropped or not. Where the bounds are the options `min_<score>` and `max_<score>`,
    `pitchpipe tune` can say what to write into the recipe.
    """
    return Verdict(conversation, scores)


def noted(conversation: Conversation, *notes: str) -> Verdict:
    """A conversation that was mended or edited, with a word on each change. The ledger counts the words."""
    return Verdict(conversation, {}, notes)


def _plain(measure: Any) -> Measure:
    """A number of any library as Python's own."""
    return measure if measure is None or isinstance(measure, str | int | float) else float(measure)


def content_id(conversation: Conversation) -> str:
    """The same messages have the same id, whatever file they were read from."""
    return blake2b(msgpack.encode(conversation.messages), digest_size=8).hexdigest()
