"""What a user should look at before training: sources and filters that lose much, and rows that repeat."""

from collections import Counter
from collections.abc import Iterator

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import shortened
from pitchpipe_stages.data.ledger import LENGTH, LOST, Fate, ReasonRows, SourceRows, Step, StepKind
from pitchpipe_stages.data.unwanted import cure
from pitchpipe_stages.prepare.result import Prepared, RepeatCounts
from pitchpipe_stages.render.sections import COLLATOR

# Shares of a source's rows, from which a loss is worth a warning.
QUARANTINED, TOO_LONG, FILTERED = 0.1, 0.1, 0.3
REPEATED = 0.01  # of the conversations of train
_UNREAD = (StepKind.LOAD, StepKind.FORMAT, StepKind.REPAIR)


def warnings(recipe: Recipe, result: Prepared, run: str) -> list[str]:
    """One line for each, with what to do about it; `run` is the run's folder."""
    found = [line for name, rows in result.rows.items() for line in _of_source(name, rows, recipe, run)]
    told = any("are too long" in line for line in found)
    cut = () if told else _cut(result, recipe)
    return [*found, *cut, *_one_sided(result), *_repeats(result.repeats)]


def _of_source(name: str, rows: SourceRows, recipe: Recipe, run: str) -> Iterator[str]:
    if not rows.read:
        left_out = f"; its `sample` passed over {rows.passed_over:,}" if rows.passed_over else ""
        yield f"'{name}' read no row{left_out}. Look at its path with `pitchpipe sniff`"
        return
    lost: dict[str, list[ReasonRows]] = {}
    for why in rows.why:
        if why.fate in LOST and not cure(why.reason, why.rows):  # those have a line of their own
            lost.setdefault(_loser(why), []).append(why)
    for loser, reasons in lost.items():
        count = sum(why.rows for why in reasons)
        step = Step.of(reasons[0].stage)
        if count >= _most(step) * rows.conversations:
            worst = Counter({why.reason: why.rows for why in reasons}).most_common(3)
            told = "; ".join(f"{shortened(reason, 60)} ({rows:,})" for reason, rows in worst)
            yield (
                f"'{name}' lost {count:,} of {rows.conversations:,} rows ({count / rows.conversations:.0%})"
                f" {loser}: {told}. {_cure(step, recipe, run)}"
            )


def _loser(why: ReasonRows) -> str:
    kind, label = Step.of(why.stage)
    if kind is StepKind.LOAD and why.fate == Fate.DROPPED:
        return "that its loader leaves out"
    if kind in _UNREAD:
        return "because they cannot be read"
    if kind is StepKind.FILTER:
        return f"to the filter {label}"
    return "because they are too long" if kind is StepKind.LENGTH else f"at the step {kind}"


def _most(step: Step) -> float:
    """The share that may go without a warning. What the mix does not draw was asked for."""
    if step.kind is StepKind.MIX:
        return 2
    shares = {StepKind.FILTER: FILTERED, StepKind.SPLIT: FILTERED, StepKind.LENGTH: TOO_LONG}
    return shares.get(step.kind, QUARANTINED)


def _cure(step: Step, recipe: Recipe, run: str) -> str:
    if step.kind is StepKind.FILTER:
        return f"See them in {run}/ledger.jsonl; `{step.label.partition('#')[0]}: {{action: tag}}` drops none"
    if step == LENGTH:
        return _longer(recipe)
    if step.kind is StepKind.SPLIT:
        return "Sources with a `side` hold out the same prompts"
    return f"See them in {run}/ledger.jsonl"


def _longer(recipe: Recipe) -> str:
    use = recipe[COLLATOR]
    length = getattr(use.bound, "length", None) if use else None
    return f"The collator's `length` is {length}: raise it, or let `too_long` be split or cut_end"


def _cut(result: Prepared, recipe: Recipe) -> Iterator[str]:
    """Replies that were cut off, though their rows are kept."""
    lost = result.too_long.learned
    every = lost + sum(side.learned for side in result.splits.values())
    if lost and lost >= TOO_LONG * every:
        yield (
            f"{lost:,} of {every:,} tokens that should be learned ({lost / every:.0%}) are lost, because"
            f" conversations are too long. {_longer(recipe)}"
        )


def _one_sided(result: Prepared) -> Iterator[str]:
    """Judged replies of one kind alone: a trainer that compares both learns little, or nothing."""
    train = result.splits["train"]
    good, bad = train.conversations - train.rejected, train.rejected
    if result.learns == "judged" and train.conversations and not (good and bad):
        of = f"{good:,} good replies and no bad one" if good else f"{bad:,} bad replies and no good one"
        yield (
            f"train has {of}: the trainer learns from both. Add a source with the others, or name the column"
            " that judges, and its bad value, as in `undesired: {COLUMN: VALUE}`"
        )


def _repeats(repeats: RepeatCounts) -> Iterator[str]:
    if repeats.repeated >= max(1, REPEATED * repeats.train):
        yield (
            f"{within_train(repeats)}. Each is learned more often than others: the"
            " filters `exact_duplicates` and `near_duplicates` keep one of them"
        )
    for line in _between(repeats):
        yield (
            f"{line}: with the same answer, under the same system message, or as a later turn of a chat."
            " Scores on them say too much. The filter `near_duplicates: {of: prompt, action: tag}` keeps like"
            " prompts on one side"
        )


def within_train(repeats: RepeatCounts) -> str:
    """One line, whether it is good or bad."""
    if not repeats.repeated:
        return f"none of {repeats.train:,} conversations in train repeats another"
    return (
        f"{repeats.repeated:,} of {repeats.train:,} conversations in train repeat another, but for case,"
        f" punctuation and white space; {repeats.to_the_letter:,} of them to the letter"
    )


def _between(repeats: RepeatCounts) -> Iterator[str]:
    for side, found in repeats.held_out.items():
        if found.in_train:
            yield f"{found.in_train:,} of {found.conversations:,} {side} questions stand in train as well"
