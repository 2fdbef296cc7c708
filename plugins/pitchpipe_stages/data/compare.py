"""A filter that compares all conversations: what each shard gives it, and what it decides of each shard."""

import shutil
from pathlib import Path

import numpy as np
from msgspec import Struct, msgpack
from numpy.typing import NDArray

from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data import sketches
from pitchpipe_stages.data.sections import tags
from pitchpipe_stages.data.shards import Judgement, Shard


class Decided(Struct):
    """A comparing filter's decisions on a shard: the rows that go; of a tagging filter, the rows' groups."""

    drops: dict[int, Drop] = {}
    groups: dict[int, str] = {}


class Entering(Struct):
    """The rows of a shard that came to the filter, and their places."""

    indices: list[int]
    places: list[str]


def sketch(use: Use, shard: Shard, alive: dict[int, Conversation]) -> None:
    """Sketch the rows of a shard, in any process."""
    conversations = list(alive.values())
    sketches.write(use.bound.sketch(conversations), shard.file("sketch"))
    entering = Entering(list(alive), [str(conversation.source) for conversation in conversations])
    shard.file("entering").write_bytes(msgpack.encode(entering))


def compare(use: Use, shards: list[Shard], scratch: Path) -> None:
    """Compare the sketches of all shards. The decisions are left beside each shard for the next pass."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    stored = sketches.StoredSketches([shard.file("sketch") for shard in shards], scratch)
    related = use.bound.compare(stored)
    order = np.argsort(np.asarray(related.rows), kind="stable")
    rows, of = np.asarray(related.rows)[order], np.asarray(related.of)[order]
    scores = None if related.scores is None else np.asarray(related.scores)[order]
    places, first = _places(shards, np.unique(of)), 0
    for shard in shards:
        entering, decided = _entering(shard), Decided({}, {})
        start, end = np.searchsorted(rows, [first, first + len(entering.indices)])
        for at in range(start, end):
            score = None if scores is None else round(float(scores[at]), 4)
            drop = Drop(related.reason, score, related.limit, like=places[int(of[at])])
            decided.drops[entering.indices[rows[at] - first]] = drop
        if tags(use):
            decided.groups |= _groups(entering, first, decided.drops, places)
        shard.file("decided").write_bytes(msgpack.encode(decided))
        first += len(entering.indices)
        for kind in ("entering", "sketch"):
            shard.file(kind).unlink()
    shutil.rmtree(scratch, ignore_errors=True)


def decision(use: Use, key: str, shard: Shard, alive: dict[int, Conversation]) -> Judgement:
    """The decisions on a shard, as the filter's judgement."""
    decided = msgpack.decode(shard.file("decided").read_bytes(), type=Decided)
    if tags(use):
        grouped = {index: replace(alive[index], group=group) for index, group in decided.groups.items()}
        return Judgement(key, use.label, tags=decided.drops, edits=grouped)
    return Judgement(key, use.label, drops=decided.drops)


def _groups(entering: Entering, first: int, drops: dict[int, Drop], places: dict[int, str]) -> dict[int, str]:
    """Tagged rows stay in a split with the rows that they are like: the place of one names the group."""
    groups = {index: drop.like for index, drop in drops.items()}
    for row, (index, place) in enumerate(zip(entering.indices, entering.places, strict=True), first):
        if row in places:
            groups.setdefault(index, place)
    return groups


def _places(shards: list[Shard], wanted: NDArray[np.int64]) -> dict[int, str]:
    """The places of these rows, by their numbers among all that were compared."""
    places: dict[int, str] = {}
    first = 0
    for shard in shards:
        entering = _entering(shard)
        start, end = np.searchsorted(wanted, [first, first + len(entering.places)])
        places |= {int(row): entering.places[row - first] for row in wanted[start:end]}
        first += len(entering.places)
    return places


def _entering(shard: Shard) -> Entering:
    return msgpack.decode(shard.file("entering").read_bytes(), type=Entering)
