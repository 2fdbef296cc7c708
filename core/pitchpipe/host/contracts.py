"""What trainers, trackers, exporters and teachers are given, and what they give back."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import Struct

from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.example import Example, Examples
from pitchpipe.records.template import Turns

if TYPE_CHECKING:
    from torch.utils.data import Dataset, Sampler
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

Batch = dict[str, Any]  # names of a model's inputs, and tensors


class Console(Protocol):
    """What a person sees of a run. Text may hold rich's markup. A bar yields `tick(steps=1, note=None,
    total=None, done=0)`: `done` steps were done before. The first `left` columns of a table hold words."""

    def say(self, text: str = "") -> None: ...
    def waiting(self, what: str) -> AbstractContextManager[None]: ...
    def bar(self, label: str, total: int | None = None) -> AbstractContextManager[Callable[..., None]]: ...
    def table(self, title: str, head: list[str], rows: Sequence[Sequence[object]], left: int = 1) -> None: ...


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen: at temperature 0 the likeliest one, else one that is drawn, of those that
    top_p, top_k and min_p leave."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0


@dataclass(frozen=True)
class Batches:
    """The batches of an epoch."""

    dataset: "Dataset[Any]"
    sampler: "Sampler[Any]"  # yields numbers, or lists of numbers where the collator plans rows
    collate: Callable[[list[Any]], Batch]  # takes entries of `dataset`, or of `validation`
    numbers: Callable[[list[Any]], list[int]]  # of the examples of such entries, in the order of the batch
    rejected: Callable[[list[Any]], list[bool]]  # of such entries, in that order: is it a worse reply?
    validation: "Dataset[Any]"


class Training(Protocol):
    """A model to train, its data, and the folders for the result and for checkpoints. While `isolated` lasts,
    the model keeps the conversations of a row apart: proven on entering. `probe` asks the model prompts,
    now and then, for numbers to log. `tries` asks the prompts of some examples of a side,
    `count` times each, and has the recipe's rewards judge them; `show` makes samples of the first ones."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    new_tokens: list[int]  # ids that were added for the template
    train: Examples
    validation: Examples
    folder: Path
    checkpoints: Path
    console: Console
    rates: dict[str, float]  # factors of the learning rate, of weights by name, where they are not 1
    rewards: dict[str, float]  # the recipe's rewards, and what each weighs

    def collate(self, examples: Sequence[Example]) -> Batch: ...  # one example a row
    def batches(self, size: int, seed: int, processes: int = 1) -> Batches: ...  # the same after a kill
    def isolated(self, model: "PreTrainedModel") -> AbstractContextManager[None]: ...
    def log(self, step: int, values: dict[str, float]) -> None: ...
    def probe(self, model: "PreTrainedModel", step: int, count: int, last: bool) -> dict[str, float]: ...
    def tries(
        self, model: "PreTrainedModel", side: Examples, numbers: Sequence[int], how: Sampling,
        count: int, max_new_tokens: int, seed: int = 0,
    ) -> "list[tuple[Prompt, list[Answer]]]": ...  # fmt: skip
    def show(self, step: int, tried: "list[tuple[Prompt, list[Answer]]]") -> None: ...


@dataclass(frozen=True)
class Tracked:
    """The run that a tracker records. Its `id` is the same after a kill, and another where it begins anew."""

    name: str
    id: str
    folder: Path  # for the tracker alone; it is there
    recipe: Json


@dataclass(frozen=True)
class DataPlan:
    """How a trainer reads the data."""

    batch_size: int
    epochs: float = 1
    accumulate: int = 1  # batches for one step
    total_steps: int | None = None  # overrides `epochs`
    seed: int = 0


@dataclass(frozen=True)
class Prompt:
    """A conversation up to its last reply: its ids, the last words before the reply, the reply itself."""

    id: str
    ids: list[int]
    words: str
    expected: str
    conversation: Conversation | None = None  # the whole, with the expected reply


@dataclass(frozen=True)
class Answer:
    """A model's answer to a prompt, and whether the model ended it; its ids, the end included. Where it was
    tried out in training, also what each of the recipe's rewards says of it."""

    text: str
    ended: bool
    ids: Sequence[int] = ()
    rewards: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """A question to a teacher: messages with a `role` and a `content`. `nth` tells equal questions apart that
    want answers of their own. `schema`: the JSON Schema that the reply must follow. `raw`: a text to go on
    with, in place of messages. The reply ends before any of `stop`. `logprobs`: how likely each token was."""

    messages: Sequence[Json]
    max_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 1.0
    schema: Json | None = None
    nth: int = 0
    raw: str = ""
    stop: tuple[str, ...] = ()
    logprobs: bool = False


class Usage(Struct, frozen=True):
    """Tokens of a question: read, of them `cached`, and written."""

    read: int
    written: int
    cached: int = 0


class Reply(Struct, frozen=True, omit_defaults=True):
    """What came of a question. Only a reply that ended by "stop" is whole; `problem` says what failed."""

    text: str
    end: Literal["stop", "cut", "refused", "failed", "unsent"]
    model: str = ""  # that answered, as it calls itself
    problem: str = ""
    usage: Usage | None = None  # None: nobody knows, so the most that it may have been is counted
    key: str = ""  # in the record of requests
    reasoning: str = ""  # what was thought before the text
    logprobs: list[tuple[str, float]] = []  # of the tokens of the text, where they were asked for


class Models(Protocol):
    """Models for teachers in this process: that of a run, of a folder, of a name on the hub, or with no place
    the recipe's base. `identity` is all that decides the answers. `stop`: nobody waits for them any more."""

    def identity(self, place: str) -> str: ...
    def answers(self, place: str, asks: Sequence[Ask]) -> list[Reply]: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Export:
    """A model to write in another form into the empty `folder`. `source` holds it as Transformers saves it,
    or an adapter. `template` is there where it is data. Each of `stops` ends a reply, the first mostly."""

    source: Path
    folder: Path
    name: str
    base: str  # its name on the hub; empty: it has none
    tokenizer: "PreTrainedTokenizerFast"
    template: Turns | None
    stops: list[str]
    console: Console
