"""How fast a training learns: tokens in a second, without padding, and without what is done between steps."""

import time
from collections.abc import Callable
from typing import Any

import pitchpipe as pp


class Pace:
    """Counts the tokens of the examples that each batch holds, pairs whole, and the time that steps take."""

    def __init__(self, examples: pp.Examples, processes: int, clock: Callable[[], float] = time.monotonic):
        self.lengths, self.processes, self._clock = examples.lengths(), processes, clock
        self._seen: list[
            Any
        ] = []  # the numbers of examples; they stay on their device until they are asked for
        self._seconds, self._since = 0.0, clock()

    def saw(self, numbers: Any) -> None:
        """Takes the numbers of a batch's examples."""
        self._seen.append(numbers)

    def goes_on(self) -> None:
        """A step begins after something that is no training: the time so far does not count."""
        self._since = self._clock()

    def stepped(self) -> None:
        """A step ends. What follows counts as the next one's, unless `goes_on` says otherwise."""
        now = self._clock()
        self._seconds += now - self._since
        self._since = now

    def tokens_per_second(self) -> float:
        """The rate of all processes since the last call; they have as many batches each."""
        self.stepped()
        tokens = sum(int(self.lengths[numbers.unique().cpu().numpy()].sum()) for numbers in self._seen)
        rate = tokens * self.processes / self._seconds if self._seconds else 0.0
        self._seen, self._seconds = [], 0.0
        return round(rate, 1)
