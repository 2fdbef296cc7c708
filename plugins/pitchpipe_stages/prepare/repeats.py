"""Counts what comes twice in train, and what is held out and in train as well, whatever a recipe filters.

Case, punctuation and white space do not count.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

from pitchpipe_stages.data.likeness import Likeness
from pitchpipe_stages.prepare.result import SPLITS, RepeatCounts, Trained

Hashes = NDArray[np.uint64]


class Likenesses:
    """The hashes of all rows, in their order."""

    def __init__(self) -> None:
        self._parts: dict[str, list[bytes]] = {name: [] for name in ("prompts", "wholes", "ids", "asked")}
        self._turns = array("i")

    def add(self, like: Likeness) -> None:
        """Add those of a shard."""
        for name, parts in self._parts.items():
            parts.append(getattr(like, name))
        self._turns.extend(like.turns)

    def prompts(self) -> Hashes:
        """Of each row that of its prompt."""
        return self._column("prompts")

    def repeats(self, sides: NDArray[np.uint8]) -> RepeatCounts:
        """What repeats, where each row is on this side, or on none."""
        wholes, train = self._column("wholes"), sides == SPLITS.index("train")
        first = wholes != 0  # each conversation once, however many examples it needs
        conversations = wholes[train & first]
        to_the_letter = _repeated(self._column("ids")[train & first])
        turns = np.array(self._turns, np.int64)
        asked, starts = self._column("asked"), np.cumsum(turns) - turns
        known = np.concatenate([self.prompts()[train], asked[np.repeat(train, turns)]])
        first_asked = np.append(asked, np.uint64(0))[np.where(turns > 0, starts, len(asked))]
        stands = np.isin(self.prompts(), known) | (np.isin(first_asked, known) & (turns > 0))
        held_out = {}
        for number, side in enumerate(SPLITS):
            if side != "train" and (mine := (sides == number) & first).any():
                held_out[side] = Trained(int(mine.sum()), int((mine & stands).sum()))
        return RepeatCounts(len(conversations), _repeated(conversations), to_the_letter, held_out)

    def _column(self, name: str) -> Hashes:
        return np.frombuffer(b"".join(self._parts[name]), np.uint64)


def _repeated(hashes: Hashes) -> int:
    """How many have the hash of another before them."""
    return len(hashes) - len(np.unique(hashes))
