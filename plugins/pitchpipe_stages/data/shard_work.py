"""What a worker does with one shard: read it, take it through its filters, and end the pass."""

from dataclasses import dataclass
from typing import Protocol

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.run.keys import digest
from pitchpipe_stages.data.compare import decision, sketch
from pitchpipe_stages.data.judge import Judge, compares, in_order, judge
from pitchpipe_stages.data.lanes import Lane, SoFar, Task, so_far
from pitchpipe_stages.data.sections import FILTERS
from pitchpipe_stages.data.shards import Base, Finished, Judgement, Shard


class LastStep(Protocol):
    """The step after all filters: rows become what the prepared data takes."""

    def load(self, apart: bool) -> dict[str, str | list[str]]:
        """Load what it needs, before workers are forked. Returns what people should know of it.

        `apart` says that this is a process of its own.
        """

    def finish(
        self, base: Base, track: list[Judgement], alive: dict[int, Conversation], key: str
    ) -> Finished: ...


@dataclass
class ShardWork:
    """The work on single shards, the same in every process."""

    recipe: Recipe
    lanes: list[Lane]
    last_step: LastStep
    last_key: str

    def shard(self, task: Task) -> tuple[int, bool]:
        """Take one shard through its filters. Returns its number of rows, and whether it knows what comes
        next."""
        lane, filters = self.lanes[task.lane], self.recipe[FILTERS]
        shard = Shard(lane.folder, task.number)
        if task.part is not None:
            assert lane.reader
            shard.write("base", read := lane.reader.base(task.part))
            shard.file("track").unlink(missing_ok=True)
            if task.then == "wait" and not task.stop:
                return read.read, False
        most = task.decided if task.decided >= 0 else len(lane.keys)
        base, track, alive = so_far(shard, lane.keys, most)
        before = len(track)
        if task.decided == before:
            track.append(decision(filters[before], lane.keys[before + 1], shard, alive))
            alive = track[-1].apply(alive)
        if len(track) < task.stop:
            judges = [self._judge(k, lane.keys[k + 1], base) for k in range(len(track), task.stop)]
            alive = judge(judges, alive)
            track += [one.done() for one in judges]
        if len(track) > before:
            shard.write("track", track)
        if task.decided >= 0:
            shard.file("decided").unlink(missing_ok=True)
        return base.read, self._then(task, lane, shard, SoFar(base, track, alive))

    def is_finished(self, lane: Lane, shard: Shard) -> bool:
        done = shard.summary()
        return done is not None and done.key == self._key(lane)

    def _key(self, lane: Lane) -> str:
        return digest(lane.keys[-1], self.last_key)

    def _judge(self, k: int, key: str, base: Base) -> Judge:
        use = self.recipe[FILTERS][k]
        assert not compares(use) and not in_order(use), f"filter {use.label} does not look at one shard alone"
        return Judge(use, key, len(base.conversations))

    def _then(self, task: Task, lane: Lane, shard: Shard, now: SoFar) -> bool:
        """End the pass."""
        if task.then == "finish":
            if not self.is_finished(lane, shard):
                done = self.last_step.finish(now.base, now.track, now.alive, self._key(lane))
                shard.write("done", done)
            return True
        knows, alive = len(now.track) > task.stop, now.alive
        if task.then == "sketch anew" and knows:
            alive = so_far(shard, lane.keys, task.stop).alive
        if task.then == "sketch anew" or (task.then == "sketch" and not knows):
            sketch(self.recipe[FILTERS][task.stop], shard, alive)
        return knows
