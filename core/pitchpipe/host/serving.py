"""What is served: a request that was found sound, what is said to it, and the contracts of all around.

A request goes through the recipe's middleware, in its order, then its guards, then to the upstream that its
router chose; what is said comes back the same way. Each of them sees an answer as it grows.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Sampling
from pitchpipe.records.conversation import Conversation, Json


class Declined(PitchpipeError):
    """A request that gets no answer: the HTTP status, what is wrong, the parameter, a name for programs."""

    def __init__(self, status: int, message: str, param: str = "", code: str = "", after: int | None = None):
        super().__init__(message)
        self.status, self.param, self.code, self.after = status, param, code, after  # `after`: seconds


@dataclass(frozen=True)
class Wish:
    """How a client wants to be answered."""

    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int | None = None  # none: what is left of the context
    stop: tuple[str, ...] = ()
    count: int = 1  # answers; each has a seed of its own: seed, seed + 1, ...
    seed: int | None = None
    bias: Mapping[int, float] = field(default_factory=dict)  # of tokens, added to their logits
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    logprobs: int | None = None  # so many likely tokens beside each that was chosen
    left: tuple[str, ...] = ()  # what of `sampling` the client did not name: a model may have its own there
    calls: int | None = None  # of tools, the most in an answer
    variables: Json = field(default_factory=dict)  # what the chat template is told


@dataclass(frozen=True)
class Request:
    """What a client asks: a conversation that awaits a reply, or a `text` to go on with, or its `tokens`."""

    id: str
    model: str  # as the client names it
    conversation: Conversation
    wish: Wish = field(default_factory=Wish)
    stream: bool = True  # whether the client wants words as they come
    text: str | None = None
    tokens: tuple[int, ...] | None = None
    user: str = ""  # as the client names them; else a digest of the key
    key: str = ""  # a digest of the client's key; empty where none is asked for
    consent: bool | None = None  # whether it may be kept for training, where the client says so
    ids: tuple[int, ...] = ()  # what the upstream's model reads, where it is known
    identity: str = ""  # a digest of all that decides the answer; empty where chance does
    upstreams: tuple[str, ...] = ()  # whom the router has chosen: the first, and those that stand in for it


class Likely(NamedTuple):
    """A token that was written, how likely it was, and the likeliest in its place."""

    id: int
    text: bytes
    logprob: float
    others: Sequence[tuple[int, bytes, float]] = ()


@dataclass(frozen=True)
class Said:
    """A stretch of one of the answers. The last one of each says how it ended, and how many tokens it has."""

    index: int = 0
    text: str = ""
    reasoning: str = ""
    calls: Sequence[Json] = ()  # of tools, whole ones: {"id", "name", "arguments" as JSON text}
    likely: Sequence[Likely] = ()
    tokens: int = 0  # of this stretch
    read: int = 0  # tokens of the prompt, once, where the request has no ids
    end: str = ""  # as OpenAI calls it: stop, length, tool_calls, content_filter
    by: str = ""  # the upstream that says it
    refusal: str = ""  # with the end "content_filter": why
    thought: int = 0  # of its tokens, those of reasoning
    cache: str = ""  # "hit" or "miss", of the first stretch where a cache was asked

    @staticmethod
    def joined(some: "Sequence[Said]") -> "Said":
        """Stretches of one answer, in their order, as one."""
        return replace(
            some[-1],
            text="".join([said.text for said in some]),
            reasoning="".join([said.reasoning for said in some]),
            calls=[call for said in some for call in said.calls],
            likely=[token for said in some for token in said.likely],
            tokens=sum(said.tokens for said in some),
            thought=sum(said.thought for said in some),
            read=sum(said.read for said in some),
            refusal="".join([said.refusal for said in some]),
            cache=some[0].cache,
        )


Answering = Callable[[Request], AsyncIterator[Said]]


class Refusal(Struct, frozen=True):
    """A guard's no: the reason, for the record, and what the client is told."""

    reason: str
    answer: str = ""


def refuse(reason: str, answer: str = "") -> Refusal:
    """What a guard returns that lets a message not pass."""
    return Refusal(reason, answer)


class Feedback(Struct, frozen=True):
    """What a client says of an answer: a rating from -1 to 1, or a better reply."""

    id: str  # of the answer
    rating: float | None = None
    better: str = ""
    user: str = ""
    index: int = 0  # which of the answers of a request


class Panel(Struct, frozen=True):
    """What a part shows on the dashboard: a table, or a line of numbers over time; `alert` is a warning."""

    title: str
    note: str = ""
    head: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    points: Sequence[tuple[float, float]] = ()  # seconds since 1970, a number
    alert: str = ""


class Service(Protocol):
    """What all parts of a server share. `count`, `gauge` and `observe` make numbers on /metrics: what adds
    up, what goes up and down, and values whose distribution matters. `say` writes a line in the log.
    `learned` are conversations that a model was tuned on, where that is known: at most so many, from all
    over them. `tokens` are those of what is asked, as a model in this process reads it, else a quarter of its
    letters. `identity` is a digest of all guards."""

    folder: Path  # for what a part keeps; it is there
    identity: str

    @property
    def names(self) -> Sequence[str]: ...  # of models
    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None: ...
    def gauge(self, name: str, help: str, value: float, **labels: str) -> None: ...
    def observe(self, name: str, help: str, value: float, **labels: str) -> None: ...
    def say(self, line: str) -> None: ...
    def learned(self, model: str, most: int = 5000) -> Iterator[Conversation]: ...
    def tokens(self, request: Request) -> int: ...


class Guard(Protocol):
    # Sees a conversation whose last message is one that a client sent, or what a model answers, so far. It
    # returns it, or one with other words in that message, or `pp.refuse(reason)`. It may be async. It may say
    # of itself: `on`, ("input", "output") or one of them; `window`, the most characters of what it finds, so
    # many are held back in a stream (none: it sees whole answers); `every`, how many characters must have
    # come before it looks again; `once`, that it sees what a client sent once, not message by message.
    def __call__(
        self, conversation: Conversation, /
    ) -> Conversation | Refusal | Awaitable[Conversation | Refusal]: ...


class Upstream(Protocol):
    # Answers requests. `read` finds the ids and the identity of one, and declines what it cannot answer.
    def read(self, request: Request, /) -> Request: ...
    def __call__(self, request: Request, /) -> AsyncIterator[Said]: ...


class Router(Protocol):
    # Names the upstreams for a request: the first answers, the next where it fails before its first word.
    def __call__(self, request: Request, /) -> Sequence[str]: ...


class Middleware(Protocol):
    # Stands around all answers: it passes the request on, and each stretch that comes back.
    def __call__(self, request: Request, answer: Answering, /) -> AsyncIterator[Said]: ...


@runtime_checkable
class Begins(Protocol):
    # A guard, router, upstream or middleware that is told when the server begins, and when it ends.
    async def begin(self, service: Service, /) -> None: ...
    async def close(self) -> None: ...


@runtime_checkable
class HearsFeedback(Protocol):
    # A router or middleware that wants to know what clients say of answers. False: it knows no such answer.
    async def heard(self, feedback: Feedback, /) -> bool: ...


@runtime_checkable
class Chooses(Protocol):
    # A router that knows whom it may choose: a recipe in which one of them is not there is refused.
    @property
    def choices(self) -> Sequence[str]: ...


@runtime_checkable
class SeesAnswers(Protocol):
    # A router that wants to know what came of what it has sent: each answer as one stretch, and by whom.
    def answered(self, request: Request, answers: Sequence[Said], /) -> None: ...


@runtime_checkable
class Shows(Protocol):
    # A part that has something to show on the dashboard.
    def panels(self) -> Sequence[Panel]: ...
