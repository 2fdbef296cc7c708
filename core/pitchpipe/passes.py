"""All shards of all sources through all filters, in passes over the data.

Filters that look at one conversation are fused: a shard goes through them in one task, in any process. A
filter that compares conversations ends a pass: each shard adds its sketches, the parent compares them, and
the next pass carries the decisions to the shards. Every step of every shard has a key, so what was done
before, by a run that was killed or by one with another filter, is not done again.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pitchpipe import comparing
from pitchpipe.atomic import write_json
from pitchpipe.conversation import Conversation, replace
from pitchpipe.finishing import Finisher
from pitchpipe.judging import Judge, compares, in_order, judge
from pitchpipe.provenance import digest
from pitchpipe.reading import Reader
from pitchpipe.recipe import Recipe, SourceUse, Use
from pitchpipe.shards import Base, Judgement, Shard, shards_of
from pitchpipe.sources import settle
from pitchpipe.workers import Workers

TOKENIZER = "tokenizer.json"
Tick = Callable[..., None]


class Task(Struct):
    """What a worker does with one shard: up to filter `stop`, then what comes `then`.

    `decided` is the comparing filter whose decisions lie beside the shards, -1 where there is none.
    """

    stop: int
    then: str
    decided: int = -1
    lane: int = 0
    number: int = 0
    part: Any = None


@dataclass
class Lane:
    """One source on its way. `keys[k]` is what its rows are after k filters."""

    source: SourceUse
    folder: Path
    keys: list[str]
    reader: Reader | None = None
    stream: Iterator[Any] | None = None
    shards: list[Shard] = field(default_factory=list)
    format: str = ""

    @property
    def whole(self) -> Path:
        """Says how many shards there are and what format they were in, once all are read."""
        return self.folder / "source.json"


class Passes:
    """The work on one recipe's rows, in a folder that is kept between runs."""

    def __init__(self, recipe: Recipe, folder: Path, keys: dict[str, list[str]], last: str):
        self.recipe, self.folder, self._last = recipe, folder, last
        self.finisher = Finisher(recipe)
        self.lanes = [
            Lane(source, folder / f"{number}-{keys[source.name][0]}", keys[source.name])
            for number, source in enumerate(recipe.loaders, 1)
        ]

    def open(self) -> None:
        """Find out what is there, and detect formats. Before workers are forked: they must know them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = {TOKENIZER, *(lane.folder.name for lane in self.lanes)}
        for stale in self.folder.iterdir():
            if stale.name not in known:
                shutil.rmtree(stale, ignore_errors=True)
        for lane in self.lanes:
            lane.folder.mkdir(exist_ok=True)
            if lane.whole.exists():
                known = msgspec.json.decode(lane.whole.read_bytes())
                lane.format, lane.shards = known["format"], shards_of(lane.folder)
            if not lane.whole.exists() or not all(shard.file("base").exists() for shard in lane.shards):
                lane.shards = []
                used, lane.stream = settle(lane.source, self.recipe.host)
                lane.reader = Reader(lane.source, used, self.recipe)
                lane.format = used.name if used else ""

    def load(self) -> None:
        """The tokenizer, once for all workers, where any rows are still to be rendered."""
        every = ((lane, shard) for lane in self.lanes for shard in lane.shards)
        if any(lane.stream is not None for lane in self.lanes) or not all(starmap(self._done, every)):
            write_json(self.folder / TOKENIZER, self.finisher.load())

    def tokenizer(self) -> dict[str, Any]:
        """What there is to tell of the tokenizer that the rows were rendered with."""
        return msgspec.json.decode((self.folder / TOKENIZER).read_bytes())

    def _done(self, lane: Lane, shard: Shard) -> bool:
        done = shard.summary()
        return done is not None and done.key == digest(lane.keys[-1], self._last)

    def formats(self) -> dict[str, str]:
        """The formats that were named or found, by source."""
        return {lane.source.name: lane.format for lane in self.lanes if lane.format}

    # --- In the parent ---------------------------------------------------------------------------

    def run(self, crew: Workers, bar: Callable[[str], Any]) -> None:
        filters, decided = self.recipe.filters, -1
        for stop in [*(k for k, use in enumerate(filters) if compares(use) or in_order(use)), len(filters)]:
            use = filters[stop] if stop < len(filters) else None
            then = "finish" if use is None else "sketch" if compares(use) else "wait"
            with bar("prepare" if use is None else f"prepare, up to {use.label}") as tick:
                known = self._pass(crew, Task(stop, then, decided), tick)
            decided = -1
            if use is None or all(known):
                continue
            if then == "wait":
                self._in_order(stop, use)
                continue
            if any(known):  # shards that knew have left no sketch
                self._pass(crew, Task(stop, "sketch anew"), lambda *_: None)
            comparing.compare(use, [s for lane in self.lanes for s in lane.shards], self.folder / "scratch")
            decided = stop

    def _pass(self, crew: Workers, task: Task, tick: Tick) -> list[bool]:
        """Every shard through the filters before `task.stop`; of each, whether it knows what comes next."""
        known = []
        for rows, knows in crew.each("shard", self._tasks(task)):
            tick(rows)
            known.append(knows)
        for lane in self.lanes:  # all is read, and need not be read again
            write_json(lane.whole, {"shards": len(lane.shards), "format": lane.format})
        return known

    def _tasks(self, task: Task) -> Iterator[Task]:
        for number, lane in enumerate(self.lanes):
            for shard, part in self._parts(lane):
                yield replace(task, lane=number, number=shard.number, part=part)

    def _parts(self, lane: Lane) -> Iterator[tuple[Shard, Any]]:
        """The shards of a lane; those not yet read with the part to be read."""
        if lane.stream is None:
            yield from ((shard, None) for shard in lane.shards)
            return
        for number, part in enumerate(lane.stream):
            shard = Shard(lane.folder, number)
            lane.shards.append(shard)
            yield shard, None if shard.file("base").exists() else part
        lane.stream = None

    def _in_order(self, k: int, use: Use) -> None:
        """A filter that keeps state: it sees every conversation, in order, in this process."""
        for lane in self.lanes:
            for shard in lane.shards:
                base, track, alive = _so_far(shard, lane.keys, k)
                one = Judge(use, lane.keys[k + 1], len(base.conversations))
                judge([one], alive)
                shard.write("track", [*track, one.done()])

    # --- In a worker -----------------------------------------------------------------------------

    def shard(self, task: Task) -> tuple[int, bool]:
        """One shard through its filters. Says how many rows it has, and whether it knows what comes next."""
        lane = self.lanes[task.lane]
        shard = Shard(lane.folder, task.number)
        if task.part is not None:
            assert lane.reader
            shard.write("base", lane.reader.base(task.part))
            shard.file("track").unlink(missing_ok=True)
        most = task.decided if task.decided >= 0 else len(lane.keys)
        base, track, alive = _so_far(shard, lane.keys, most)
        before = len(track)
        if task.decided == before:
            use = self.recipe.filters[before]
            track.append(comparing.decision(use, lane.keys[before + 1], shard, alive))
            alive = track[-1].apply(alive)
        if len(track) < task.stop:
            judges = [self._judge(k, lane.keys[k + 1], base) for k in range(len(track), task.stop)]
            alive = judge(judges, alive)
            track += [one.done() for one in judges]
        if len(track) > before:
            shard.write("track", track)
        if task.decided >= 0:
            shard.file("decided").unlink(missing_ok=True)
        return base.read, self._then(task, shard, base, track, alive)

    def _judge(self, k: int, key: str, base: Base) -> Judge:
        use = self.recipe.filters[k]
        assert not compares(use) and not in_order(use), f"filter {use.label} does not look at one shard alone"
        return Judge(use, key, len(base.conversations))

    def _then(self, task: Task, shard: Shard, base: Base, track: Any, alive: dict[int, Conversation]) -> bool:
        """What ends the pass."""
        if task.then == "finish":
            lane = self.lanes[task.lane]
            if not self._done(lane, shard):
                key = digest(lane.keys[-1], self._last)
                shard.write("done", self.finisher.finish(base, track, alive, key))
            return True
        knows = len(track) > task.stop
        if task.then == "sketch anew" and knows:
            _, _, alive = _so_far(shard, self.lanes[task.lane].keys, task.stop)
        if task.then == "sketch anew" or (task.then == "sketch" and not knows):
            comparing.sketch(self.recipe.filters[task.stop], shard, alive)
        return knows


def _so_far(
    shard: Shard, keys: list[str], most: int
) -> tuple[Base, list[Judgement], dict[int, Conversation]]:
    """A shard's rows, what still holds of what its first filters said, and what that leaves."""
    base = shard.base()
    alive, track = base.alive(), []
    for judgement, key in zip(shard.track()[:most], keys[1:], strict=False):
        if judgement.key != key:
            break
        track.append(judgement)
        alive = judgement.apply(alive)
    return base, track, alive
