"""What a run will cost, told when its data is prepared: tokens, what is lost, padding, steps."""

from math import ceil
from pathlib import Path

from msgspec import UNSET, Struct, UnsetType

from pitchpipe.host.contracts import DataPlan
from pitchpipe.host.protocols import Bounded, Collator, PlansData
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.train import batches, padding, places
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_stages.train.neighbours import PlansRows
from pitchpipe_stages.train.sections import TRAINER


class Epoch(Struct):
    """What one pass over the training data takes. Shares are of 1."""

    rows: int
    steps: int
    total_steps: int  # of all epochs
    shuffled_padding: float  # if conversations met by chance, each in a row of its own
    padding: float
    full: float | None = None  # of rows that hold several conversations


class Cost(Struct):
    """What training on the prepared data takes; of an epoch only where the trainer says its plan."""

    conversations: int
    tokens: int
    learned: float  # share of the tokens
    lost: float  # share of all tokens, for length
    repeated: float = 0.0  # share of all tokens: context that several examples of a conversation share
    collator: str | UnsetType = UNSET
    epoch: Epoch | UnsetType = UNSET

    def plain(self) -> dict[str, object]:
        """As run.json keeps it."""
        from msgspec import to_builtins

        plain: dict[str, object] = to_builtins(self)
        epoch = plain.pop("epoch", {})
        return plain | (epoch if isinstance(epoch, dict) else {})


def cost(recipe: Recipe, folder: Path, prepared: Prepared) -> Cost | None:
    """The cost of training; nothing where no template has made tokens of the data."""
    examples = PreparedExamples(folder, "train")
    lengths = examples.lengths()
    tokens = int(lengths.sum())
    if not tokens:
        return None
    split, lost = prepared.splits["train"], prepared.too_long.tokens
    every = sum(side.tokens for side in prepared.splits.values())
    shares = split.learned / split.tokens, lost / (lost + every), prepared.several.repeated / (lost + every)
    found = Cost(len(lengths), tokens, *shares)
    trainer, collator = recipe[TRAINER], recipe[COLLATOR]
    if trainer and collator and isinstance(trainer.bound, PlansData):
        found.collator = collator.name
        found.epoch = epoch(examples, collator.bound, trainer.bound.data_plan(), places.every(recipe[LAUNCH]))
    return found


def epoch(examples: PreparedExamples, collator: Collator, plan: DataPlan, processes: int) -> Epoch:
    """What one pass over the examples takes, in so many processes."""
    lengths, size, seed, full = examples.lengths(), plan.batch_size, plan.seed, None
    at_once = size * processes
    if isinstance(collator, PlansRows):
        rows = len(collator.plan(lengths, seed, 0))  # type: ignore[arg-type]
        if isinstance(collator, Bounded):
            full = batches.fullness(lengths, rows, collator.length)
        each = max(1, round(len(lengths) * size / rows))
    else:
        rows, each = len(lengths), size
    steps = ceil(ceil(rows / at_once) / plan.accumulate)
    total = plan.total_steps or ceil(steps * plan.epochs)
    shuffled = padding.by_chance(collator, examples, each, seed)
    return Epoch(rows, steps, total, shuffled, padding.of_batches(collator, examples, size, seed), full)
