"""Who may come in: answers are counted when their request is accepted, so that a crowd finds no gap."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from pitchpipe.host.serving import Declined

FRESH = 0.2  # the weight of the newest answer in how long one takes
LONGEST = 60  # seconds that a client is told to wait


class Entrance:
    """So many answers are written, so many more wait; whoever comes then is told when to come again."""

    def __init__(self, rows: int, queue: int):
        self.rows, self.queue, self.inside = rows, queue, 0
        self.draining = False
        self._seconds = 1.0  # that an answer takes, about

    @property
    def waiting(self) -> int:
        """Answers that are accepted and have no row yet, if all the others have one."""
        return max(0, self.inside - self.rows)

    @contextmanager
    def admitted(self, answers: int) -> Iterator[None]:
        """The time of a request inside."""
        if self.draining:
            raise Declined(503, "this server is about to end", code="draining", after=5)
        if answers > self.rows + self.queue:
            words = f"so many answers have no room here: {self.rows + self.queue} is the most"
            raise Declined(400, words, "n", "too_many_answers")
        if self.inside + answers > self.rows + self.queue:
            words = f"{self.inside} answers are being written or waited for, and no more have room"
            raise Declined(429, words, code="queue_full", after=self.again())
        self.inside += answers
        began = monotonic()
        try:
            yield
            self._seconds += FRESH * (monotonic() - began - self._seconds)
        finally:
            self.inside -= answers

    def again(self) -> int:
        """Seconds until there may be room: as long as those inside may take."""
        return max(1, min(LONGEST, math.ceil(self._seconds * (self.waiting + 1) / self.rows)))
