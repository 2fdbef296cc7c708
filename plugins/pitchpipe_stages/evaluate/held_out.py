"""The held-out conversations, each with an id of its own: the key of all that is measured of it.

A conversation that stands twice in the data has one id, and so have the parts of a chat of which each reply
is an example. None of them may be lost for that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pitchpipe.records.conversation import Conversation, replace
from pitchpipe_stages.prepare.examples import PreparedExamples


class HeldOut(PreparedExamples):
    """The test side of a run's prepared data."""

    def __init__(self, run: Path):
        super().__init__(run / "prepared", "test")

    def conversations(self) -> Iterator[Conversation]:
        """Each conversation once."""
        ids = own_ids(conversation.id for conversation in super().conversations())
        for conversation, id in zip(super().conversations(), ids, strict=True):
            yield conversation if conversation.id == id else replace(conversation, id=id)


def own_ids(ids: Iterable[str]) -> Iterator[str]:
    """Ids of which each comes once: the second of one has it with a 2 behind a point, and so on."""
    seen: Counter[str] = Counter()
    for id in ids:
        seen[id] += 1
        yield id if seen[id] == 1 else f"{id}.{seen[id]}"


def first_of(id: str) -> str:
    """The id of the first that it comes after, if it is one of these."""
    first, _, number = id.rpartition(".")
    return first if first and number.isdigit() else id
