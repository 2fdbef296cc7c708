"""The held-out conversations, each with an id of its own: the key of all that is measured of it.

A conversation that stands twice in the data has one id, and so have the parts of a chat of which each reply
is an example. None of them may be lost for that.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pitchpipe.records.conversation import Conversation, replace
from pitchpipe_stages.prepare.examples import PreparedExamples


class HeldOut(PreparedExamples):
    """The test side of a run's prepared data."""

    def __init__(self, run: Path):
        super().__init__(run / "prepared", "test")

    def conversations(self) -> Iterator[Conversation]:
        """Each conversation once. The second with an id has it with a 2 behind a point, and so on."""
        seen: Counter[str] = Counter()
        for conversation in super().conversations():
            seen[conversation.id] += 1
            many = seen[conversation.id]
            yield conversation if many == 1 else replace(conversation, id=f"{conversation.id}.{many}")
