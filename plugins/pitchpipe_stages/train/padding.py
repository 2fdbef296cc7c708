"""What share of a collator's batches is padding. The collator is asked: it says so, or makes some batches."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pitchpipe.host.protocols import Collator
from pitchpipe.records.example import Example
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.train import batches
from pitchpipe_stages.train.neighbours import PlansRows, maker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENOUGH = 50_000  # examples: the padding of a larger data set is that of so many of it
MADE = 48  # batches that a collator makes, where it does not say
PAD = 0  # any token: nobody looks at it
Sides = list[list[int]]  # of each example the tokens of both sides
Room = Callable[[list[int]], tuple[int, int]]  # of a batch of examples: all places, and those without padding


@runtime_checkable
class SaysRoom(Protocol):
    """A collator that says how many tokens, padding included, the batch of examples of such lengths holds."""

    def room(self, lengths: Sequence[int], /) -> int: ...


def of_batches(collator: Collator, examples: PreparedExamples, size: int, seed: int) -> float:
    """The share in the batches of training: rows that the collator plans, or examples of like length."""
    sides, chosen = _some(examples, seed)
    lengths = list(map(sum, sides))
    if isinstance(collator, PlansRows):
        rows = list(collator.plan(lengths, seed, 0))
        starts = range(0, len(rows), size)
        found = [[at for row in rows[start : start + size] for at in row] for start in starts]
    else:
        found = _cut(list(batches.alike(lengths, size, seed, 0)), size)
    return _share(found, *_room(collator, examples, sides, chosen))


def by_chance(collator: Collator, examples: PreparedExamples, size: int, seed: int) -> float:
    """The share in batches as chance has them, one example a row."""
    sides, chosen = _some(examples, seed)

    def widest(batch: list[int]) -> tuple[int, int]:
        sizes = _rows(sides, batch)
        return max(sizes) * len(sizes), sum(sizes)

    plans = isinstance(collator, PlansRows)
    room = (widest, None) if plans else _room(collator, examples, sides, chosen)
    return _share(_cut(list(range(len(sides))), size), *room)


def _some(examples: PreparedExamples, seed: int) -> "tuple[Sides, NDArray[np.int64]]":
    """The lengths of examples by chance, of both sides, and their numbers."""
    import numpy as np

    sides = examples.sides()
    chosen = np.random.default_rng(seed).permutation(len(sides))[:ENOUGH]
    return sides[chosen].tolist(), chosen


def _rows(sides: Sides, batch: list[int]) -> list[int]:
    """The lengths of the rows of a batch: a pair has two."""
    return [length for at in batch for length in sides[at] if length]


def _both(example: Example) -> list[Example]:
    return [side for side in (example, example.rejected) if side and len(side.ids)]


def _cut(order: list[int], size: int) -> list[list[int]]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def _room(
    collator: Collator, examples: PreparedExamples, sides: Sides, chosen: "NDArray[np.int64]"
) -> tuple[Room, int | None]:
    """How to ask the collator, and about how many batches at most."""

    def said(batch: list[int]) -> tuple[int, int]:
        assert isinstance(collator, SaysRoom)
        sizes = _rows(sides, batch)
        return collator.room(sizes), sum(sizes)

    def made(batch: list[int]) -> tuple[int, int]:
        rows = [side for at in batch for side in _both(examples[int(chosen[at])])]
        result = maker(collator)(rows, PAD)
        ids, mask = result["input_ids"], result.get("attention_mask")
        if mask is not None and mask.shape == ids.shape:  # it may have cut them
            return ids.numel(), int((mask != 0).sum())
        return ids.numel(), min(ids.numel(), sum(_rows(sides, batch)))

    return (said, None) if isinstance(collator, SaysRoom) else (made, MADE)


def _share(found: list[list[int]], room: Room, most: int | None) -> float:
    """Of so many batches, taken from all over the epoch."""
    step = max(1, len(found) // most) if most else 1
    asked = [room(batch) for batch in found[::step] if batch]
    places, used = (sum(column) for column in zip(*asked, strict=True))
    return 1 - used / max(places, 1)
