"""The plan: which side each kept row is on, and how often it is trained on."""

from array import array

import numpy as np
from numpy.typing import NDArray

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import Counts
from pitchpipe_stages.learns import learns_sides
from pitchpipe_stages.prepare import mix, split
from pitchpipe_stages.prepare.repeats import Likenesses
from pitchpipe_stages.prepare.result import SPLITS, MixLine, RepeatCounts
from pitchpipe_stages.prepare.sections import MIX, SPLIT


class Plan:
    """Flat arrays over all kept rows, in the order of the rows."""

    def __init__(self, recipe: Recipe, lanes: list[Lane]):
        self.recipe, self.sources = recipe, [lane.source for lane in lanes]
        self.counts: dict[str, Counts] = {source.name: Counts() for source in self.sources}
        self.order: NDArray[np.int64] | None = None
        self.mixed: list[MixLine] = []
        self.like = Likenesses()
        self.firsts = [0]  # the first row of each shard, and the one behind the last
        self._gather(lanes)
        pins = [SPLITS.index(source.side) if source.side else split.NONE for source in self.sources]
        pinned = np.array(pins, np.uint8)[self.lane]
        self.side = split.sides(recipe[SPLIT], self.prompts, self.groups, self.categories, pinned)
        self.used = np.ones(len(self.side), bool)
        self._mix()

    def repeats(self) -> RepeatCounts:
        """What comes twice in training, or is held out and trained on."""
        found = self.like.repeats(np.where(self.used, self.side, np.uint8(split.NONE)))
        found.families = len(np.unique(split.families(self.prompts, self.groups)))
        return found

    def _gather(self, lanes: list[Lane]) -> None:
        """Read from each shard what split and mix need to know of its rows."""
        known: dict[str, int] = {}
        groups, categories, tokens, sizes, seconds = [b""], *(array("i") for _ in range(4))
        self.scored = set[str]()  # filters that scored any row
        lane_of, stepwise = array("H"), array("q")
        for number, lane in enumerate(lanes):
            for shard in lane.shards:
                done = shard.summary()
                assert done
                self.scored.update(done.scored)
                self.counts[lane.source.name] += Counts.of(done.counts)
                stepwise.extend(len(tokens) + place for place in done.stepwise)
                self.like.add(done.like)
                groups.append(done.groups)
                categories.extend(known.setdefault(name, len(known)) for name in done.categories)
                tokens.extend(done.lengths)
                sizes.extend(done.sizes)
                seconds.extend(done.seconds)
                lane_of.extend([number] * len(done.lengths))
                self.firsts.append(len(tokens))
        self.prompts = self.like.prompts()
        self.category_names = set(known)
        self.groups = np.frombuffer(b"".join(groups), np.uint64)
        self.categories, self.tokens = np.array(categories, np.int32), np.array(tokens, np.int32)
        self.sizes = np.array(sizes, np.int32)
        self.seconds = np.array(seconds, np.int64) if learns_sides(self.recipe) else None
        self.lane, self.stepwise = np.array(lane_of, np.uint16), np.zeros(len(tokens), bool)
        self.stepwise[stepwise] = True

    def goes(self) -> NDArray[np.uint8]:
        """The side that each row is written to."""
        goes: NDArray[np.uint8] = np.where(self.used, self.side, split.NONE)
        return goes

    def _mix(self) -> None:
        """Apply the mix to training alone: a held-out row is asked once."""
        if mix.as_it_is(self.recipe[MIX], self.sources):
            return
        train = np.flatnonzero(self.side == split.TRAIN)
        rows = mix.MixRows(self.lane[train], self.stepwise[train], self.tokens[train], self.prompts[train])
        chosen, self.mixed = mix.order(self.recipe[MIX], self.sources, rows)
        self.used[train] = False
        self.used[train[chosen]] = True
        written = np.flatnonzero(self.used & (self.side == split.TRAIN))
        if len(chosen) > len(written):  # some come more than once
            self.order = np.searchsorted(written, train[chosen])
