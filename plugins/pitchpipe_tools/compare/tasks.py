"""What a rater is shown, in which order, and which reply stands left: known from the rater and the duels."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from pitchpipe_tools.compare.vote import OTHER, Side

SHARED = 3  # every third duel comes in an order that all raters have, so that some were rated by all
AGAIN = 10  # one of so many is shown twice, with sides swapped
DISTANCE = 10  # duels between both times, where there are as many


class Showing(NamedTuple):
    """A duel on a rater's list."""

    duel: str
    again: bool
    left: Side

    def key(self, rater: str) -> str:
        """Names it to the rater, who cannot see from it whether the duel comes again."""
        return _hash(rater, "task", self.duel, str(self.again))


def tasks_of(rater: str, duels: Iterable[str]) -> list[Showing]:
    """All duels for one rater, with a tenth of them repeated."""
    order = _order(rater, sorted(duels))
    tasks = [Showing(duel, False, _left(rater, duel)) for duel in order]
    early = tasks[: max(1, len(tasks) - DISTANCE)]
    by_chance = sorted(early, key=lambda task: _hash(rater, "again", task.duel))
    repeated = by_chance[: max(1, round(len(tasks) / AGAIN))] if len(tasks) > 1 else []
    for task in repeated:
        place = tasks.index(task) + DISTANCE + 1
        tasks.insert(place, Showing(task.duel, True, OTHER[task.left]))
    return tasks


def _order(rater: str, duels: Sequence[str]) -> list[str]:
    common = sorted(duels, key=lambda duel: _hash("order", duel))
    own = iter(sorted(duels, key=lambda duel: _hash(rater, "order", duel)))
    shared, taken = iter(common), dict[str, None]()
    while len(taken) < len(duels):
        source = shared if len(taken) % SHARED == 0 else own
        taken.setdefault(next(duel for duel in source if duel not in taken))
    return list(taken)


def _left(rater: str, duel: str) -> Side:
    return "first" if int(_hash(rater, "side", duel), 16) % 2 else "second"


def _hash(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
