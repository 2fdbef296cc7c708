"""What evaluators are given, and the numbers that they give back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from msgspec import Struct

from pitchpipe.host.contracts import Answer, Ask, Batch, Console, Prompt, Reply, Sampling
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.example import Example, Examples

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

GREEDY = Sampling()
Better = Literal["higher", "lower"] | None


class Score(Struct, frozen=True):
    """A number over `count` cases, between `low` and `high` with 95 % confidence. None: not a number.
    Only of one that says what is `better` can a run tell that the tuned model is worse than the base."""

    value: float | None
    count: int
    low: float | None = None
    high: float | None = None
    is_share: bool = False  # shown as per cent
    better: Better = None
    how: str = ""  # how it was measured, where the name alone does not say it

    @classmethod
    def share(cls, hits: int, count: int) -> "Score":
        """A share with Wilson's interval, which holds near 0 and 1 and for few cases."""
        z = 1.96
        middle = (hits + z * z / 2) / (count + z * z)
        reach = z / (count + z * z) * sqrt(hits * (count - hits) / count + z * z / 4)
        low, high = max(0.0, middle - reach), min(1.0, middle + reach)
        return cls(hits / count, count, low, high, is_share=True, better="higher")


@dataclass(frozen=True)
class Item:
    """A question that an evaluator brings along: what it asks, what is expected, and its group."""

    words: str
    group: str = ""
    expected: str = ""
    said: str = ""  # by the model


def ratio(sums: Any) -> Any:
    """The first sum by the second one."""
    return sums[..., 0] / sums[..., 1]


@dataclass(frozen=True)
class Measured:
    """A number that is made of items, so that a run finds its interval, its value for each category and
    source, and the difference of two models on the same items.

    Each item, named by the id of its prompt, gives some numbers. `value` makes the result of their sums over
    any of the items: of the last axis of an array. It is a function that can be imported by its name.
    """

    items: Mapping[str, Sequence[float]]
    value: Callable[[Any], Any] = ratio
    better: Better = "higher"
    is_share: bool = False
    how: str = ""
    own: Mapping[str, Item] = field(default_factory=dict)  # items that are no held-out conversations
    exact: bool = False  # by definition, whatever the items: it has no interval
    least: float | None = None  # no interval goes beyond; of a share 0 and 1
    most: float | None = None

    @classmethod
    def shares(cls, hits: Mapping[str, bool | float], **more: Any) -> "Measured":
        """The share of items that hit, or the mean of their shares."""
        return cls({id: (float(hit), 1.0) for id, hit in hits.items()}, is_share=True, **more)

    @classmethod
    def means(cls, values: Mapping[str, float], **more: Any) -> "Measured":
        """The mean over items."""
        return cls({id: (float(value), 1.0) for id, value in values.items()}, **more)


class Subject(Protocol):
    """A model to ask, and the held-out conversations.

    `prompts` end before the last learned reply of each conversation, `prompt` before that of any one, or at
    the end of one that awaits a reply;
    `answers` takes the likeliest token each time, from the record where it was asked before; with no
    `max_new_tokens`, an answer may have 256 tokens, or as many as the longest expected one. `likelihoods` are
    of the second ids behind the first: the log-probability, and whether each token was the likeliest.
    `earlier` are the base's answers, while the tuned model is scored. `ask` asks a teacher of the recipe;
    nothing is paid twice. `label` names a progress bar. An answer also ends at words of `until`. `keep` adds
    lines to NAME-base.jsonl or NAME-tuned.jsonl in the run's folder; `folder` is for what else an evaluator
    writes. `served` is the tokenizer as the saved model has it.
    """

    name: Literal["base", "tuned"]
    alone: bool  # the base, of which no tuned model follows
    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    served: "PreTrainedTokenizerFast"
    folder: Path
    test: Examples
    console: Console

    def ready(self) -> "AbstractContextManager[PreTrainedModel]": ...  # on its device, without gradients
    def collate(self, examples: Sequence[Example]) -> Batch: ...
    def prompts(self, limit: int | None = None) -> list[Prompt]: ...
    def prompt(self, conversation: Conversation) -> Prompt | None: ...
    def answers(
        self, prompts: Sequence[Prompt], label: str, batch_size: int = 32, max_new_tokens: int | None = None,
        until: Sequence[str] = (), how: Sampling = GREEDY,
    ) -> Iterator[Answer]: ...  # fmt: skip
    def earlier(
        self, prompts: Sequence[Prompt], max_new_tokens: int | None = None
    ) -> list[Answer | None]: ...
    def likelihoods(
        self, asked: Sequence[tuple[Sequence[int], Sequence[int]]], label: str, batch_size: int = 32
    ) -> list[tuple[float, bool]]: ...
    def ask(self, teacher: str, asks: Sequence[Ask], label: str) -> list[Reply]: ...
    def keep(self, name: str, lines: Iterable[Json]) -> None: ...
