"""The life of all conversations, top to bottom: from rows in files to ids and labels on disk.

row -[loader]-> row -[format]-> conversation -[repair]-> conversation        data/read.py
    -[filters]-> kept, edited or dropped, each score beside its row          data/judge.py, data/compare.py
    -[template, tokenizer]-> ids and labels                                  finish.py, render/
in passes over shards, in parallel, each step done once                      data/passes.py
    -[split, mix]-> train, validation and test                               plan.py, write.py
"""

from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.data.ledger import RENDER, Counts
from pitchpipe_stages.data.passes import Bar, Passes
from pitchpipe_stages.data.sections import DATA
from pitchpipe_stages.data.workers import workers
from pitchpipe_stages.prepare.columns import (
    stop_if_a_column_is_nowhere,
    stop_if_no_row_has_a_category,
    told,
)
from pitchpipe_stages.prepare.finish import Finisher
from pitchpipe_stages.prepare.keys import Inputs
from pitchpipe_stages.prepare.plan import Plan
from pitchpipe_stages.prepare.result import Prepared, TokenizerFacts
from pitchpipe_stages.prepare.write import write

MOST_REFUSED = 0.1  # of the rows that are rendered


def prepare(recipe: Recipe, rows: Path, folder: Path, processes: int, bar: Bar, inputs: Inputs) -> Prepared:
    """Send every row through the recipe.

    `rows` is kept between runs, so that only what has changed is done again; `folder` gets what training
    reads, and the ledger.
    """
    passes = Passes(recipe, rows, inputs.keys(), Finisher(recipe), inputs.last())
    passes.open()
    shard = passes.work.shard
    with workers(processes, shard, passes.load) as last, workers(processes, shard) as crew:
        passes.run(crew, last, bar)
        last.dismiss()
        plan = Plan(recipe, passes.lanes)
        stop_if_no_row_has_a_category(recipe, plan.category_names)
        stop_if_a_column_is_nowhere(recipe, passes.lanes, plan.scored)
        result = write(passes.lanes, plan, folder, processes)
    _stop_if_too_many_are_lost(recipe, plan.counts, folder / "ledger.jsonl")
    _stop_if_replies_are_not_learned(recipe, result, folder / "ledger.jsonl")
    result.formats = passes.formats()
    result.repeats = plan.repeats()
    result.warnings += [w for lane in passes.lanes for w in told(recipe, lane, plan.counts[lane.source.name])]
    result.tokenizer = msgspec.convert(passes.tokenizer(), TokenizerFacts)
    return result


def _stop_if_replies_are_not_learned(recipe: Recipe, result: Prepared, ledger: Path) -> None:
    """Stop where training would teach no model when to end, or would pass over many replies in silence."""
    missed, most = result.missed_replies, recipe[DATA].most()
    every = missed + result.replies
    if missed > (MOST_REFUSED if most is None else most) * every:
        raise PitchpipeError(
            f"{missed} of {every} replies cannot be learned with this template, though their conversations"
            f" can.\nEach row's reason: {ledger}\n"
            "If these replies may go, say how many: `data: {max_dropped: 50%}`."
        )
    if result.replies and not result.stops:
        raise PitchpipeError(
            "no reply's end is learned: the model would never stop. A template must end a reply with"
            " its `stop`, and learned: `Piece(stop, learn=True, control=True)`; and where rows mark parts of"
            " replies, some must learn the last part."
        )
    if result.stops > 1 and result.bare_stops == result.stops:
        raise PitchpipeError(
            "no reply is learned up to its end: in every row the words before the end are not. See"
            " `pitchpipe peek`: the template, or weights of parts in the rows, leave them out."
        )


def _stop_if_too_many_are_lost(recipe: Recipe, counts: dict[str, Counts], ledger: Path) -> None:
    """Hold the counts against the recipe's `max_dropped`; without one, against the share of rows that the
    template or a proof may refuse."""
    every = sum(counts.values(), start=Counts())
    most, lost, refused = recipe[DATA].most(), every.lost(), every.quarantined_at(RENDER)
    where = f"Each row's reason: {ledger}"
    if most is not None and every.read and lost / every.read > most:
        raise PitchpipeError(
            f"{lost} of {every.read} rows are dropped or quarantined, {lost / every.read:.1%}: more than"
            f" data.max_dropped of {most:.1%}.\nMost often: {every.worst()}. {where}"
        )
    if most is None and refused > MOST_REFUSED * (every.kept + refused):
        raise PitchpipeError(
            f"{refused} of {every.kept + refused} rows cannot be learned from with this template and"
            f" tokenizer.\nMost often: {every.worst(RENDER)}. {where}\n"
            "If these rows may go, say how many: `data: {max_dropped: 50%}`."
        )
