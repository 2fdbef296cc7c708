"""What a trainer is given: the model, the data, and an order that a kill does not change."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Batch, Batches, Console, Sampling
from pitchpipe.host.protocols import Collator, Packing
from pitchpipe.records.example import Example, Examples
from pitchpipe_stages.console import escape
from pitchpipe_stages.generate import asking
from pitchpipe_stages.train.neighbours import (
    Make,
    MeasuredNeighbours,
    PlansRows,
    check,
    may_meet,
    shares_rows,
)
from pitchpipe_stages.train.probe import Probe
from pitchpipe_stages.train.proofs import FirstBatch
from pitchpipe_stages.train.tries import Tried, Tries

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from pitchpipe_stages.train.order import Entry


@dataclass
class RecipeTraining:
    """A model to train, on what, and where the results go."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    new_tokens: list[int]
    train: Examples
    validation: Examples
    collator: Collator
    folder: Path
    checkpoints: Path
    report: Callable[[int, dict[str, float]], None]
    console: Console
    prober: Probe
    first: FirstBatch | None = None  # which is proven, where it is wanted
    facts: dict[str, str] = field(default_factory=dict)  # what was proven
    rates: dict[str, float] = field(default_factory=dict)
    rewards: dict[str, float] = field(default_factory=dict)
    trying: Tries | None = None  # what a trainer that asks for rewards uses
    known_apart: set[str] = field(default_factory=set)  # ways to make a batch that may be trained on

    def collate(self, examples: Sequence[Example]) -> Batch:
        return self._batch("collate", self.collator, examples)

    def batches(self, size: int, seed: int, processes: int = 1) -> Batches:
        from pitchpipe_stages.train.order import (
            Grouped,
            Planned,
            PlannedRows,
            SingleExamples,
            each,
            numbers,
            rejected,
        )

        lengths, validation = self.train.lengths(), SingleExamples(self.validation)
        # One process may have a short batch at the end; several must have the same number of rows.
        at_once = size * processes if processes > 1 else 1
        if not isinstance(self.collator, PlansRows):
            order = Grouped(lengths.tolist(), size, seed, at_once)
            make = self._proven(each(self.collate))
            return Batches(SingleExamples(self.train), order, make, numbers, rejected, validation)
        rows = Planned(self.collator.plan, lengths, seed, at_once)
        make = self._proven(each(self._join))
        return Batches(PlannedRows(self.train, len(rows)), rows, make, numbers, rejected, validation)

    def _proven(self, make: "Callable[[list[Entry]], Batch]") -> "Callable[[list[Entry]], Batch]":
        """Makes batches, of which the first one of training is proven."""

        from pitchpipe_stages.train.order import rows

        def made(entries: "list[Entry]") -> Batch:
            batch = make(entries)
            if self.first is None:
                return batch
            entered = [entry for row in entries for entry in row]
            if all(_same(self.train[at], example) for at, example in entered):
                first, self.first = self.first, None
                found = list(rows(entries))
                told = first.prove(batch, [at for at, _, _ in found], [example for _, example, _ in found])
                self.facts |= told.facts()
                self.console.say(f"[dim]proven on the first batch: {told}[/]")
            return batch

        return made

    def _join(self, examples: Sequence[Example]) -> Batch:
        assert isinstance(self.collator, PlansRows)
        return self._batch("join", self.collator.join, examples)

    def _batch(self, way: str, make: Make, examples: Sequence[Example]) -> Batch:
        pad = self.tokenizer.pad_token_id
        if len(examples) > 1 and way not in self.known_apart:
            if shares_rows(make, pad) and not may_meet(self.collator):
                raise PitchpipeError(
                    "the trainer takes rows of several conversations outside of training.isolated(model):"
                    " nothing proves that they do not see each other"
                )
            self.known_apart.add(way)
        return make(examples, pad)

    @contextmanager
    def isolated(self, model: "PreTrainedModel") -> Iterator[None]:
        with ExitStack() as stack:
            facts: dict[str, str] = {}
            self.prober.attention = asking.attention_of(model)
            if isinstance(self.collator, Packing):
                facts = stack.enter_context(self.collator.isolated(model))
            if measured := check(model, self.collator, self.tokenizer.pad_token_id):
                self.facts |= facts | measured.facts()
                self._tell(measured, facts)
            way = "join" if isinstance(self.collator, PlansRows) else "collate"
            self.known_apart.add(way)
            yield
            self.known_apart.discard(way)

    def _tell(self, measured: MeasuredNeighbours, facts: dict[str, str]) -> None:
        if not measured.holds:
            self.console.say("[yellow]documents of a row see each other:[/] the collator says that they may")
            return
        by = f" by {facts['attention']}" if "attention" in facts else ""
        self.console.say(f"[dim]documents of a row are kept apart{by}: proven[/]")
        if "why not a faster one" in facts:
            self.console.say(f"[yellow]slow:[/] {escape(facts['why not a faster one'])}")

    def log(self, step: int, values: dict[str, float]) -> None:
        self.report(step, values)

    def tries(
        self,
        model: "PreTrainedModel",
        side: Examples,
        numbers: Sequence[int],
        how: Sampling,
        count: int,
        max_new_tokens: int,
        seed: int = 0,
    ) -> Tried:
        assert self.trying
        attention = self.prober.attention
        return self.trying.of(model, side, numbers, how, count, max_new_tokens, seed, attention)

    def show(self, step: int, tried: Tried) -> None:
        assert self.trying
        self.trying.show(step, tried)

    def probe(self, model: "PreTrainedModel", step: int, count: int, last: bool = False) -> dict[str, float]:
        return self.prober.ask(model, step, count, last)


def _same(prepared: Example, given: Example) -> bool:
    """Whether the ids of both sides are the same."""
    if (prepared.rejected is None) != (given.rejected is None) or list(prepared.ids) != list(given.ids):
        return False
    return not (prepared.rejected and given.rejected) or _same(prepared.rejected, given.rejected)
