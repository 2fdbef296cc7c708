"""The contract of each kind of component. A plugin need not name these protocols: having the methods is
enough. Those that can be checked at run time (`NamesFiles`, `Comparer`, `Packing`, ...) are optional."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from pitchpipe.host.contracts import Ask, Batch, DataPlan, Export, Reply, Tracked, Training
from pitchpipe.host.making import Asking, Made, Pool
from pitchpipe.host.scoring import Measured, Score, Subject
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
    # Yields rows, or plain dicts.
    def __call__(self) -> Iterable[Row | Json]: ...


@runtime_checkable
class NamesFiles(Protocol):
    # A loader that names its files, so that a run sees changes. Any other loader is read in every run. An
    # evaluator may name files too.
    def inputs(self) -> list[Path]: ...


class Part(Protocol):
    # Some thousand rows of a loader. It can be pickled and is small.
    def rows(self) -> Iterable[Row | Json]: ...


@runtime_checkable
class Parted(Protocol):
    # A loader that is read in parallel. It cuts its rows into the same parts on every machine.
    def parts(self) -> Iterable[Part]: ...


class Format(Protocol):
    # Makes a conversation of a row, a list of them, or `pp.drop(reason)`. The recipe's `repair` comes next.
    def __call__(self, row: Json, /) -> FormatResult | list[FormatResult]: ...


@runtime_checkable
class Detects(Protocol):
    # A format that can be detected. `matches` counts the keys of the row that it reads.
    def matches(self, row: Json, /) -> int: ...


@runtime_checkable
class Joins(Protocol):
    # A format that joins rows which belong together. It sees each row with its number.
    def join(self, rows: Iterator[tuple[int, Json]], /) -> Iterable[tuple[list[int], Json]]: ...


class Filter(Protocol):
    # Returns the conversation, an edited one, `pp.judged(...)`, `pp.noted(...)` or `pp.drop(reason)`. A class
    # sees all conversations in order, in one process. A function, or `parallel = True`, runs in any process.
    def __call__(self, conversation: Conversation, /) -> Conversation | Verdict | Drop: ...


@runtime_checkable
class Comparer(Protocol):
    # A filter that compares conversations. `sketch` runs in any process, `compare` sees all sketches.
    def sketch(self, conversations: list[Conversation], /) -> list[bytes]: ...
    def compare(self, sketches: Sketches, /) -> Related: ...


class Embedder(Protocol):
    # Turns texts into a float32 array: a row of length 1 for each text.
    def __call__(self, texts: list[str], /) -> "NDArray[np.float32]": ...


class Template(Protocol):
    # Writes a conversation as pieces. It may name its `stop`, and `tokens` that the tokenizer must have.
    def __call__(self, conversation: Conversation, /) -> Iterable[Piece]: ...


@runtime_checkable
class WritesJinja(Protocol):
    # A template that gives the source of the chat template that is saved with the model.
    def jinja(self, bos: str, eos: str, /) -> str: ...


@runtime_checkable
class Fitted(Protocol):
    # A template that needs the tokenizer: `fit` returns the template to use.
    def fit(self, tokenizer: "PreTrainedTokenizerFast", /) -> "AnyTemplate": ...


@runtime_checkable
class Several(Protocol):
    # Several templates. `chosen` numbers the one that writes a conversation; the first one serves.
    templates: "Sequence[AnyTemplate]"

    def chosen(self, conversation: Conversation, /) -> int: ...


AnyTemplate = Turns | JinjaTemplate | Template | Fitted | Several


class Collator(Protocol):
    # Builds a batch, one example a row. `pad` is the id that fills gaps.
    def __call__(self, examples: Sequence[Example], pad: int, /) -> Batch: ...


@runtime_checkable
class Bounded(Protocol):
    # A collator whose rows have at most `length` tokens. `too_long` is a `pp.TooLong`.
    length: int
    too_long: str


@runtime_checkable
class Packing(Protocol):
    # Puts several conversations into a row. `plan` numbers the examples of each row: each example once,
    # as many rows in every epoch. `isolated` proves that a model keeps them apart, and by what "attention".
    def plan(self, lengths: Sequence[int], seed: int, epoch: int, /) -> Sequence[list[int]]: ...
    def join(self, examples: Sequence[Example], pad: int, /) -> Batch: ...  # of all examples of some rows
    def isolated(self, model: "PreTrainedModel", /) -> AbstractContextManager[dict[str, str]]: ...


class Model(Protocol):
    # A base model. `weights(saved)` loads the one that training saved in a folder. `inputs` gives, for
    # the keys of stages, two texts that identify the "tokenizer" and the "weights".
    def tokenizer(self) -> "PreTrainedTokenizerFast": ...
    def weights(self, saved: Path | None = None) -> "PreTrainedModel": ...
    def inputs(self) -> dict[str, str]: ...


class Adapter(Protocol):
    # Wraps a model for training, the rows of `new_tokens` included. `load` puts a saved adapter on a model.
    def __call__(self, model: "PreTrainedModel", new_tokens: list[int], /) -> "PreTrainedModel": ...
    def load(self, model: "PreTrainedModel", folder: Path, /) -> "PreTrainedModel": ...


@runtime_checkable
class Paced(Protocol):
    # An adapter of which some weights learn faster or slower: their names, and factors of the learning rate.
    def rates(self, model: "PreTrainedModel", /) -> dict[str, float]: ...


class Trainer(Protocol):
    # Trains `training.model`, saves it into `training.folder`, continues from `training.checkpoints`, reports
    # with `training.log`. The run records the dict that it returns.
    def __call__(self, training: Training, /) -> dict[str, int | float | str] | None: ...


@runtime_checkable
class PlansData(Protocol):
    # A trainer that says how it reads the data, so that `prepare` can tell what training takes.
    def data_plan(self) -> DataPlan: ...


@runtime_checkable
class Rehearses(Protocol):
    # A trainer that does what it does before its first step, undoes it, and says in words what it has found.
    def rehearsal(self, training: Training, /) -> dict[str, str]: ...


class Reward(Protocol):
    # How good a reply is: the higher, the better. The conversation may end with the expected one.
    def __call__(self, reply: str, conversation: Conversation, /) -> float: ...


@runtime_checkable
class RewardsMany(Protocol):
    # A reward that judges many replies at once. It need not judge a single one.
    def batch(self, replies: Sequence[str], conversations: Sequence[Conversation], /) -> Sequence[float]: ...


class Evaluator(Protocol):
    # Scores a model. It is called for the base model and for the tuned one, with the same conversations. With
    # `own_items = True` it brings its own, and needs none that are held out.
    def __call__(self, subject: Subject, /) -> Mapping[str, Score | Measured]: ...


class Teacher(Protocol):
    # Answers a question. `model` is who is asked, `can` what it is able to, as "schema". It asks once, and
    # raises AskAgain where the question may be asked again, PitchpipeError where no other need be asked.
    model: str
    can: frozenset[str]

    async def __call__(self, ask: Ask, /) -> Reply: ...


class Generator(Protocol):
    # Asks about a conversation, and yields what it makes of it: `pp.made(...)`, always in the same order. All
    # chance comes from `ask.random`. With `unanswered = True` it gets those alone that have no reply.
    def __call__(self, source: Conversation, ask: Asking, /) -> AsyncIterator[Made]: ...


@runtime_checkable
class Drafts(Protocol):
    # A generator that makes its sources itself: it drafts until `wanted` of them have given rows. `admission`
    # gives a function that sees all drafts in their order, once each, and drops those that are not new.
    wanted: int

    def draft(self, pool: Pool, ask: Asking, /) -> AsyncIterator[Made]: ...
    def admission(self, seeds: Sequence[Conversation], /) -> Callable[[Made], Drop | None]: ...


class Record(Protocol):
    # Where a tracker writes. It gets the numbers of each step once, also where a run was killed and goes on.
    # With `samples(step, replies)` it also gets what the model says: pairs of a prompt and its answer.
    def log(self, step: int, values: dict[str, float], /) -> None: ...
    def close(self, failed: bool, /) -> None: ...


class Tracker(Protocol):
    # Opens the record of a run, or the one that has the run's `id`. The first process calls it, no other.
    def __call__(self, run: Tracked, /) -> Record: ...


class Exporter(Protocol):
    # Writes a "model", or the "adapter" alone, in another form. `reader` asks what was written, in a process
    # without pitchpipe: "transformers", "peft", "gguf", or a script. `served` gives commands that serve it.
    takes: Literal["model", "adapter"]
    reader: str | Path

    def __call__(self, export: Export, /) -> None: ...
    def served(self, export: Export, /) -> list[str]: ...


@runtime_checkable
class ServesTogether(Protocol):
    # An exporter of what servers put on one base, several at a time.
    def served_together(self, exports: Sequence[Export], /) -> list[str]: ...


@runtime_checkable
class RoundsWeights(Protocol):
    # An exporter that rounds weights. `rounded` loads the source with its weights so rounded, or gives None
    # where none are. The form's own loader gives at least the share `alike` of the tokens that it answers.
    alike: float

    def rounded(self, export: Export, /) -> "PreTrainedModel | None": ...
