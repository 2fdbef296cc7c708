"""The contract of each kind of component. A plugin need not name these protocols: having the methods is
enough. Those that can be checked at run time (`NamesFiles`, `Comparer`, `Packing`, ...) are optional."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pitchpipe.host.contracts import Batch, DataPlan, Score, Subject, Training
from pitchpipe.records.conversation import Conversation, Json, Row
from pitchpipe.records.example import Example
from pitchpipe.records.related import Related, Sketches
from pitchpipe.records.template import JinjaTemplate, Piece, Turns
from pitchpipe.records.verdict import Drop, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

FormatResult = Conversation | Verdict | Drop


class Loader(Protocol):
    # Yields rows, or plain dicts. A loader knows nothing of formats.
    def __call__(self) -> Iterable[Row | Json]: ...


@runtime_checkable
class NamesFiles(Protocol):
    # A loader that names the files it reads, so that a run sees whether they changed. The rows of any other
    # loader are read anew on every run.
    def inputs(self) -> list[Path]: ...


class Part(Protocol):
    # Some thousand rows of a loader, as a small object that can be pickled.
    def rows(self) -> Iterable[Row | Json]: ...


@runtime_checkable
class Parted(Protocol):
    # A loader that is read in parallel. It cuts its rows into the same parts on every machine.
    def parts(self) -> Iterable[Part]: ...


class Format(Protocol):
    # Says where in a row the messages are: a conversation, a list of them, or `pp.drop(reason)`. Roles and
    # contents may stay as they are: the recipe's `repair` comes next.
    def __call__(self, row: Json, /) -> FormatResult | list[FormatResult]: ...


@runtime_checkable
class Detects(Protocol):
    # A format that takes part in detection: how many of the row's keys it reads, 0 for a foreign row.
    def matches(self, row: Json, /) -> int: ...


@runtime_checkable
class Joins(Protocol):
    # A format that joins rows which belong together. It sees each row with its number.
    def join(self, rows: Iterator[tuple[int, Json]], /) -> Iterable[tuple[list[int], Json]]: ...


class Filter(Protocol):
    # Judges a conversation: returns it, an edited one, `pp.judged(...)`, `pp.noted(...)` or
    # `pp.drop(reason)`. A function is pure and runs in any process. A class may keep state and sees every
    # conversation in order, unless it says `parallel = True`.
    def __call__(self, conversation: Conversation, /) -> Conversation | Verdict | Drop: ...


@runtime_checkable
class Comparer(Protocol):
    # A filter that compares conversations. `sketch` runs in any process and says in a few bytes what is to
    # be compared; `compare` sees the sketches of all rows.
    def sketch(self, conversations: list[Conversation], /) -> list[bytes]: ...
    def compare(self, sketches: Sketches, /) -> Related: ...


class Embedder(Protocol):
    # Turns texts into a float32 array: a row of length 1 for each text.
    def __call__(self, texts: list[str], /) -> "NDArray[np.float32]": ...


class Template(Protocol):
    # Writes a conversation as pieces. `pp.turns(...)` and `pp.chat_template(...)` are templates as data. One
    # that is code may name its `tokens` (control tokens, added to a tokenizer that lacks them) and its
    # `stop`.
    def __call__(self, conversation: Conversation, /) -> Iterable[Piece]: ...


@runtime_checkable
class WritesJinja(Protocol):
    # A template that is code and gives the source of the chat template that is saved with the model.
    def jinja(self, bos: str, eos: str, /) -> str: ...


@runtime_checkable
class Fitted(Protocol):
    # A template that needs the tokenizer: `fit` returns the template to use.
    def fit(self, tokenizer: "PreTrainedTokenizerFast", /) -> "AnyTemplate": ...


@runtime_checkable
class Several(Protocol):
    # Several templates. `chosen` says which one writes a conversation; the first one serves.
    templates: "Sequence[AnyTemplate]"

    def chosen(self, conversation: Conversation, /) -> int: ...


AnyTemplate = Turns | JinjaTemplate | Template | Fitted | Several


class Collator(Protocol):
    # Builds a batch, one example a row. `pad` is the id that fills gaps.
    def __call__(self, examples: Sequence[Example], pad: int, /) -> Batch: ...


@runtime_checkable
class Bounded(Protocol):
    # A collator whose rows have at most `length` tokens. `too_long` (`pp.TooLong`) says what happens to a
    # longer conversation.
    length: int
    too_long: str


@runtime_checkable
class Packing(Protocol):
    # A collator that puts several conversations into a row. `plan` gives the rows of an epoch, each a list
    # of example numbers: each example once, and as many rows in every epoch. `join` makes one batch of all
    # examples of some rows. While `isolated` lasts, the model keeps them apart: proven on entering, or
    # refused; it yields facts for people, and "attention" names what keeps them apart.
    def plan(self, lengths: Sequence[int], seed: int, epoch: int, /) -> Sequence[list[int]]: ...
    def join(self, examples: Sequence[Example], pad: int, /) -> Batch: ...
    def isolated(self, model: "PreTrainedModel", /) -> AbstractContextManager[dict[str, str]]: ...


class Model(Protocol):
    # A base model. `weights(saved)` loads the one that training saved in a folder. `inputs` says what
    # decides the "tokenizer" and the "weights": two texts that enter the keys of stages.
    def tokenizer(self) -> "PreTrainedTokenizerFast": ...
    def weights(self, saved: Path | None = None) -> "PreTrainedModel": ...
    def inputs(self) -> dict[str, str]: ...


class Adapter(Protocol):
    # Wraps a model for training. It also trains the rows of `new_tokens`, the ids of tokens that were added
    # for the template. `load` puts a saved adapter on a model.
    def __call__(self, model: "PreTrainedModel", new_tokens: list[int], /) -> "PreTrainedModel": ...
    def load(self, model: "PreTrainedModel", folder: Path, /) -> "PreTrainedModel": ...


class Trainer(Protocol):
    # Trains `training.model`, saves it into `training.folder`, continues from `training.checkpoints`, and
    # reports through `training.log`. The dict that it returns is recorded.
    def __call__(self, training: Training, /) -> dict[str, int | float | str] | None: ...


@runtime_checkable
class PlansData(Protocol):
    # A trainer that says how it goes over the data, so that `prepare` can tell what training takes.
    def data_plan(self) -> DataPlan: ...


class Evaluator(Protocol):
    # Scores a model: called for the base model and for the tuned one, with the same conversations.
    def __call__(self, subject: Subject, /) -> dict[str, Score]: ...
