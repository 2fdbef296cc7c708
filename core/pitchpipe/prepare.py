"""The life of all conversations, top to bottom: from rows in files to ids and labels on disk.

row -[loader]-> row -[format]-> conversation -[repair]-> conversation        reading.py
    -[filters]-> kept, edited or dropped, each score beside its row          judging.py
    -[template, tokenizer]-> ids and labels                                  finishing.py
in passes over shards, in parallel, each step done once                      passes.py
    -[split, mix]-> train, validation and test                               split.py, mix.py
"""

import secrets
from array import array
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from pitchpipe import mix, split
from pitchpipe.conversation import Source
from pitchpipe.errors import PitchpipeError
from pitchpipe.judging import compares, in_order
from pitchpipe.ledger import Counts, line
from pitchpipe.passes import Lane, Passes
from pitchpipe.prepared import SPLITS, Writer
from pitchpipe.provenance import Parts, digest, digest_files, parts_of, parts_of_pitchpipe, seen_from
from pitchpipe.recipe import Recipe, SourceUse, Use
from pitchpipe.workers import workers

MOST_REFUSED = 0.1  # of the rows that are rendered
Bar = Callable[[str], AbstractContextManager[Callable[..., None]]]


def prepare(
    recipe: Recipe, rows: Path, folder: Path, processes: int, bar: Bar, parts: "Inputs"
) -> dict[str, Any]:
    """Send every row through the recipe. Returns what the run records: counts of rows and tokens.

    `rows` is kept between runs, so that only what has changed is done again; `folder` gets what training
    reads, and the ledger.
    """
    passes = Passes(recipe, rows, parts.keys(), parts.last())
    passes.open()
    passes.load()
    with workers(processes, {"shard": passes.shard}) as crew:
        passes.run(crew, bar)
        crew.dismiss()
        plan = Plan(recipe, passes.lanes)
        result = _write(passes.lanes, plan, folder)
    _too_many_lost(recipe, plan.counts, folder / "ledger.jsonl")
    return result | {"formats": passes.formats(), "tokenizer": passes.tokenizer()}


def _too_many_lost(recipe: Recipe, counts: dict[str, Counts], ledger: Path) -> None:
    """The recipe's `max_dropped`; and where it names none, rows that the template or a proof refused."""
    every = sum(counts.values(), start=Counts())
    most, lost, refused = recipe.limits.most(), every.lost(), every.at("render")
    told = f"Each row's reason: {ledger}"
    if most is not None and every.read and lost / every.read > most:
        raise PitchpipeError(
            f"{lost} of {every.read} rows are dropped or quarantined, {lost / every.read:.1%}: more than"
            f" data.max_dropped of {most:.1%}.\nMost often: {every.worst()}. {told}"
        )
    if most is None and refused > MOST_REFUSED * (every.kept + refused):
        raise PitchpipeError(
            f"{refused} of {every.kept + refused} rows cannot be learned from with this template and"
            f" tokenizer.\nMost often: {every.worst('render')}. {told}\n"
            "If these rows may go, say how many: `data: {max_dropped: 50%}`."
        )


# --- What it is made from -----------------------------------------------------------------------


class Inputs:
    """All that can change what is prepared, by name; and from it the key of each step."""

    def __init__(self, recipe: Recipe):
        self.recipe = recipe
        own = parts_of_pitchpipe()
        self._sources = {s.name: own | _source_parts(s, recipe) for s in recipe.loaders}
        self._filters = [parts_of(use, recipe) for use in recipe.filters]
        self._last: Parts = {}
        for use in (recipe.template, recipe.collator, recipe.model):
            self._last |= parts_of(use, recipe) if use else {}
        if recipe.model:
            self._last["tokenizer"] = recipe.model.bound.inputs()["tokenizer"]

    def parts(self) -> Parts:
        """Everything, for the run's record."""
        recipe = self.recipe
        parts = {"split": repr(recipe.split), "mix": repr(recipe.mix), "data": repr(recipe.limits)}
        parts["filters"] = " ".join(use.label for use in recipe.filters)
        for source in recipe.loaders:
            said = (source.name, source.side, source.weight, source.fraction, source.count, source.epochs)
            parts[f"{source.name}'s place in the mix"] = repr(said)
        for some in (*self._sources.values(), *self._filters, self._last):
            parts |= some
        return parts

    def last(self) -> str:
        return digest(self._last)

    def keys(self) -> dict[str, list[str]]:
        """For each source, what its rows are when read, and after each filter.

        What a filter that compares, or sees all in order, says of one row depends on all others too.
        """
        keys = {name: [digest(parts)] for name, parts in self._sources.items()}
        for use, parts in zip(self.recipe.filters, self._filters, strict=True):
            others = [chain[-1] for chain in keys.values()] if compares(use) or in_order(use) else []
            for chain in keys.values():
                chain.append(digest(chain[-1], parts, others))
        return keys


def _source_parts(source: SourceUse, recipe: Recipe) -> Parts:
    """A source's files, by their content; rows that cannot be known beforehand are taken as changed."""
    parts = {f"{source.name}: {part}": value for part, value in parts_of(source.loader, recipe).items()}
    said = (source.name, source.columns, source.first, source.sample, source.seed, recipe.limits.strict)
    parts[f"{source.name}'s options"] = repr(said)
    inputs = getattr(source.loader.bound, "inputs", None)
    if inputs is None:
        parts[f"{source.name}'s rows, which its loader cannot compare"] = secrets.token_hex(8)
    for file in inputs() if inputs else []:
        parts[seen_from(recipe, file)] = digest_files(file)
    detected = (Use(component, {}, None, "", component.name) for component in recipe.host.all("format"))
    for chosen in [source.format] if source.format else detected:
        parts |= {f"{source.name}: {part}": value for part, value in parts_of(chosen, recipe).items()}
    return parts | (parts_of(recipe.repair, recipe) if recipe.repair else {})


# --- Split and mix ------------------------------------------------------------------------------


class Plan:
    """Which side each kept row is on, and how often it is trained on."""

    def __init__(self, recipe: Recipe, lanes: list[Lane]):
        self.recipe = recipe
        self.counts: dict[str, Counts] = {lane.source.name: Counts() for lane in lanes}
        self._gather(lanes)
        pins = [SPLITS.index(lane.source.side) if lane.source.side else split.NONE for lane in lanes]
        pinned = np.array(pins, np.uint8)[self.lane]
        self.side = split.sides(recipe.split, self.prompts, self.groups, self.categories, pinned)
        self._mixed([lane.source for lane in lanes])

    def _gather(self, lanes: list[Lane]) -> None:
        """What split and mix need to know of each row, as flat arrays."""
        known: dict[str, int] = {}
        prompts, groups, categories, tokens = [b""], [b""], array("i"), array("i")
        lane_of, stepwise = array("H"), array("q")
        for number, lane in enumerate(lanes):
            for shard in lane.shards:
                done = shard.summary()
                assert done
                self.counts[lane.source.name] += Counts.of(done.counts)
                stepwise.extend(len(tokens) + place for place in done.stepwise)
                prompts.append(done.prompts)
                groups.append(done.groups)
                categories.extend(known.setdefault(name, len(known)) for name in done.categories)
                tokens.extend(done.lengths)
                lane_of.extend([number] * len(done.lengths))
        self.prompts = np.frombuffer(b"".join(prompts), np.uint64)
        self.groups = np.frombuffer(b"".join(groups), np.uint64)
        self.categories, self.tokens = np.array(categories, np.int32), np.array(tokens, np.int32)
        self.lane, self.stepwise = np.array(lane_of, np.uint16), np.zeros(len(tokens), bool)
        self.stepwise[stepwise] = True

    def _mixed(self, sources: list[SourceUse]) -> None:
        """The mix concerns training alone: a held-out row is asked once."""
        self.used = np.ones(len(self.side), bool)
        self.order, self.report = None, list[Any]()
        if mix.as_it_is(self.recipe.mix, sources):
            return
        train = np.flatnonzero(self.side == split.TRAIN)
        chosen, self.report = mix.order(
            self.recipe.mix,
            sources,
            self.lane[train],
            self.stepwise[train],
            self.tokens[train],
            self.prompts[train],
        )
        self.used[train] = False
        self.used[train[chosen]] = True
        written = np.flatnonzero(self.used & (self.side == split.TRAIN))
        if len(chosen) > len(written):  # some come more than once
            self.order = np.searchsorted(written, train[chosen])


def _write(lanes: list[Lane], plan: Plan, folder: Path) -> dict[str, Any]:
    """The prepared data and the ledger, in the order of the rows."""
    writers = {name: Writer(folder, name) for name in SPLITS}
    lost, first = np.zeros(2, np.int64), 0
    goes = np.where(plan.used, plan.side, split.NONE)
    with open(folder / "ledger.jsonl", "wb") as ledger:
        for lane in lanes:
            count = plan.counts[lane.source.name]
            for shard in lane.shards:
                done = shard.finished()
                ledger.writelines(written + b"\n" for written in done.ledger)
                spans = np.cumsum([0, *done.lengths])
                for rows, side in _runs(goes[first : first + len(done.lines)]):
                    if side == split.NONE:
                        kept_out = plan.side[first + rows.start : first + rows.stop] == split.NONE
                        _leave_out(done.lines[rows], kept_out, count, ledger)
                    else:
                        writers[SPLITS[side]].add(done, rows, spans)
                lost += done.lost, done.lost_learned
                first += len(done.lines)
            if not count.balanced():
                raise AssertionError(f"rows do not add up in {lane.source.name}: {count}")
    for writer in writers.values():
        writer.close()
    if plan.order is not None:
        plan.order.astype(np.int64).tofile(folder / "train.order")
    return {
        "rows": {name: count.plain() for name, count in plan.counts.items()},
        "splits": {
            name: {"conversations": len(w), "tokens": w.tokens, "learned": w.learned}
            for name, w in writers.items()
        },
        "too_long": dict(zip(("tokens", "learned"), lost.tolist(), strict=True)),
        "mix": plan.report,
    }


def _runs(sides: Any) -> Iterator[tuple[slice, int]]:
    """Rows that follow each other and go to the same side."""
    if not len(sides):
        return
    bounds = [0, *(np.flatnonzero(np.diff(sides)) + 1).tolist(), len(sides)]
    for start, end in pairwise(bounds):
        yield slice(start, end), int(sides[start])


def _leave_out(lines: list[bytes], held_out: Any, count: Counts, ledger: BinaryIO) -> None:
    """Rows that are on no side, or that the mix has not drawn."""
    for written, elsewhere in zip(lines, held_out, strict=True):
        stage, reason = ("split", "held out by another source") if elsewhere else ("mix", "not drawn")
        count.kept -= 1
        count.dropped += 1
        count.note("dropped", stage, reason)
        conversation = msgspec.json.decode(written)
        source = msgspec.convert(conversation["source"], Source)
        ledger.write(line(source, "dropped", stage, reason, id=conversation["id"]) + b"\n")
