"""What trainers and evaluators are given, and what they give back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from pitchpipe.records.example import Example, Examples

if TYPE_CHECKING:
    from torch.utils.data import Dataset, Sampler
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


class Console(Protocol):
    """What a person sees of a run. Text may hold rich's markup."""

    def say(self, text: str = "") -> None: ...
    def waiting(self, what: str) -> AbstractContextManager[None]: ...
    def bar(self, label: str, total: int | None = None) -> AbstractContextManager[Callable[..., None]]:
        """A progress bar. It yields `tick(steps=1, note=None, total=None)`."""

    def table(self, title: str, head: list[str], rows: list[list[Any]], left: int = 1) -> None:
        """A table. The first `left` columns hold words, the others numbers."""


@dataclass(frozen=True)
class Batches:
    """The order of an epoch: a kill does not change it. `sampler` gives numbers, or lists of numbers where
    the collator plans rows; `dataset` gives what `collate` makes a batch of."""

    dataset: "Dataset[Any]"
    sampler: "Sampler[Any]"
    collate: Callable[[list[Any]], dict[str, Any]]
    validation: "Dataset[Any]"  # for the same `collate`


class Training(Protocol):
    """A model to train, its data, and the folders for the result."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    train: Examples
    validation: Examples
    folder: Path  # for the trained weights
    checkpoints: Path  # to continue from, after a kill
    console: Console
    new_tokens: list[int]  # ids that were added for the template

    def collate(self, examples: Sequence[Example]) -> dict[str, Any]:
        """A batch of the recipe's collator, one example a row."""

    def batches(self, size: int, seed: int, processes: int = 1) -> Batches:
        """The training data in batches of `size` for each process, in an order that a kill does not change."""

    def isolated(self, model: "PreTrainedModel") -> AbstractContextManager[None]:
        """While it lasts, conversations that share a row do not see each other: proven on entering."""

    def log(self, step: int, values: dict[str, float]) -> None:
        """Reports numbers."""


@dataclass(frozen=True)
class DataPlan:
    """How a trainer goes over the data. `total_steps` overrides `epochs`."""

    batch_size: int
    epochs: float = 1
    accumulate: int = 1  # batches that make one step
    total_steps: int | None = None
    seed: int = 0


# --- Evaluation ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prompt:
    """A conversation up to its last reply: its ids, the last words before the reply, the reply itself."""

    id: str
    ids: list[int]
    words: str
    expected: str


@dataclass(frozen=True)
class Answer:
    """A model's answer to a prompt, and whether the model ended it."""

    text: str
    ended: bool


class Subject(Protocol):
    """A model to ask, and the held-out conversations to ask about."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    test: Examples
    console: Console

    def ready(self) -> "AbstractContextManager[PreTrainedModel]":
        """The model on its device, in evaluation mode, without gradients."""

    def collate(self, examples: Sequence[Example]) -> dict[str, Any]:
        """A batch of the recipe's collator, one example a row."""

    def prompts(self, limit: int | None = None) -> list[Prompt]:
        """The held-out conversations, each cut before its last learned reply."""

    def answers(
        self, prompts: Sequence[Prompt], label: str, batch_size: int, max_new_tokens: int
    ) -> Iterator[Answer]:
        """The model's answers, each token the likeliest one. `label` names the progress bar."""

    def keep(self, answer: dict[str, Any]) -> None:
        """Keeps what the model `said` to a `prompt`, in answers-base.jsonl or answers-tuned.jsonl."""


class Score(Struct, frozen=True):
    """A number over `count` cases; it lies between `low` and `high` with 95 % confidence."""

    value: float | None  # None: not a number
    count: int
    low: float | None = None
    high: float | None = None
    is_share: bool = False  # shown as per cent

    @classmethod
    def share(cls, hits: int, count: int) -> "Score":
        """A share with Wilson's interval, which holds near 0 and 1 and for few cases."""
        z = 1.96
        middle = (hits + z * z / 2) / (count + z * z)
        reach = z / (count + z * z) * sqrt(hits * (count - hits) / count + z * z / 4)
        return cls(hits / count, count, max(0.0, middle - reach), min(1.0, middle + reach), is_share=True)
