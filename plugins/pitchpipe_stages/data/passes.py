"""All shards of all sources through all filters, in passes over the data.

Filters that look at one conversation are fused: a shard goes through them in one task, in any process. A
filter that compares conversations ends a pass: each shard adds its sketches, the parent compares them, and
the next pass carries the decisions to the shards. Every step of every shard has a key, so what was done
before, by a run that was killed or by one with another filter, is not done again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import starmap
from pathlib import Path

import msgspec

from pitchpipe.host.protocols import Part
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import replace
from pitchpipe.run.atomic import write_json
from pitchpipe_stages.data.compare import compare
from pitchpipe_stages.data.judge import Judge, compares, in_order, judge
from pitchpipe_stages.data.lanes import Lane, SourceRecord, Task, so_far
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import FILTERS, LOADERS
from pitchpipe_stages.data.shard_work import LastStep, ShardWork
from pitchpipe_stages.data.shards import Shard, shards_of
from pitchpipe_stages.data.source import settle
from pitchpipe_stages.data.workers import Workers
from pitchpipe_stages.learns import learns

TOKENIZER = "tokenizer.json"
Tick = Callable[..., None]
Bar = Callable[[str], AbstractContextManager[Tick]]
Crew = Workers[Task, tuple[int, bool]]


class Passes:
    """The work on one recipe's rows, in a folder that is kept between runs."""

    def __init__(
        self, recipe: Recipe, folder: Path, keys: dict[str, list[str]], last_step: LastStep, last_key: str
    ):
        self.recipe, self.folder = recipe, folder
        sources = recipe[LOADERS]
        self.lanes = [
            Lane(source, folder / f"{number}-{keys[source.name][0]}", keys[source.name])
            for number, source in enumerate(sources, 1)
        ]
        self.work = ShardWork(recipe, self.lanes, last_step, last_key)

    def open(self) -> None:
        """Find out what is there, and detect formats: before workers are forked, who must know them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = {TOKENIZER, *(lane.folder.name for lane in self.lanes)}
        for stale in self.folder.iterdir():
            if stale.name not in known:
                shutil.rmtree(stale, ignore_errors=True)
        for lane in self.lanes:
            lane.folder.mkdir(exist_ok=True)
            if lane.whole.exists():
                record = msgspec.json.decode(lane.whole.read_bytes(), type=SourceRecord)
                lane.format, lane.shards = record.format, shards_of(lane.folder)
                lane.doubts = record.doubts
            if not lane.whole.exists() or not all(shard.file("base").exists() for shard in lane.shards):
                lane.shards = []
                used, lane.stream, judged = settle(lane.source, self.recipe.host, learns(self.recipe))
                lane.reader, lane.doubts = Reader(lane.source, used, self.recipe, judged), judged.doubts
                lane.format = used.name if used else ""

    def load(self, apart: bool) -> dict[str, str | list[str]] | None:
        """Load the tokenizer once for all workers, where any rows are still to be rendered; and where there
        are none, for what people should know of it."""
        every = ((lane, shard) for lane in self.lanes for shard in lane.shards)
        unread = not self.lanes or any(lane.stream is not None for lane in self.lanes)
        if unread or not all(starmap(self.work.is_finished, every)):
            return self.work.last_step.load(apart)
        return None

    def tokenizer(self) -> dict[str, str | list[str]]:
        """What people should know of the tokenizer that the rows were rendered with."""
        return msgspec.json.decode((self.folder / TOKENIZER).read_bytes())

    def formats(self) -> dict[str, str]:
        """The formats that were named or found, by source."""
        return {lane.source.name: lane.format for lane in self.lanes if lane.format}

    def run(self, crew: Crew, last: Crew, bar: Bar) -> None:
        """Take all shards through all filters; and then, with a crew of its own, the last step."""
        filters, decided = self.recipe[FILTERS], -1
        for stop in [*(k for k, use in enumerate(filters) if compares(use) or in_order(use)), len(filters)]:
            use = filters[stop] if stop < len(filters) else None
            then = "sketch" if use and compares(use) else "wait"
            with bar("read" if use is None else f"read, up to {use.label}") as tick:
                known = self._pass(crew, Task(stop, then, decided), tick, last)
            decided = -1
            if use is None or all(known):
                continue
            if then == "wait":
                self._in_order(stop, use)
                continue
            if any(known):  # shards that knew have left no sketch
                self._pass(crew, Task(stop, "sketch anew"), lambda *_: None, last)
            compare(use, [s for lane in self.lanes for s in lane.shards], self.folder / "scratch")
            decided = stop
        crew.dismiss()
        if (facts := last.loaded()) is not None:
            write_json(self.folder / TOKENIZER, facts)
        with bar("prepare") as tick:
            self._pass(last, Task(len(filters), "finish"), tick, last)

    def _pass(self, crew: Crew, task: Task, tick: Tick, last: Crew) -> list[bool]:
        """Takes each shard through the filters before `task.stop`. Returns whether it knows the next step."""
        known = []
        for rows, knows in crew.each(self._tasks(task)):
            tick(rows)
            known.append(knows)
            if last.is_ready():
                last.loaded()  # stops here, not after hours, where the last step cannot be done
        for lane in self.lanes:  # all is read, and need not be read again
            write_json(lane.whole, SourceRecord(len(lane.shards), lane.format, lane.doubts))
        return known

    def _tasks(self, task: Task) -> Iterator[Task]:
        for number, lane in enumerate(self.lanes):
            for shard, part in self._parts(lane):
                yield replace(task, lane=number, number=shard.number, part=part)

    def _parts(self, lane: Lane) -> Iterator[tuple[Shard, Part | None]]:
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
        """Let a filter that keeps state see every conversation, in order, in this process."""
        for lane in self.lanes:
            for shard in lane.shards:
                base, track, alive = so_far(shard, lane.keys, k)
                one = Judge(use, lane.keys[k + 1], len(base.conversations))
                judge([one], alive)
                shard.write("track", [*track, one.done()])
