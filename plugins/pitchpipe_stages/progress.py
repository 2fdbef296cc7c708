"""How far long work has come: the steps that are done, and the time left by the rate of the recent ones."""

import time
from collections import deque
from collections.abc import Callable

APART = 1.0  # seconds between two marks, at least
MARKS = 30  # that are remembered: the rate is that of the last 30 seconds, or of the last 30 steps


class HowFar:
    """Counts steps. Those that were done before this process began say nothing of its rate."""

    def __init__(self, total: int | None, clock: Callable[[], float] = time.monotonic):
        self.total, self.done, self.note, self._clock = total, 0, "", clock
        self._marks = deque([(clock(), 0)], MARKS)

    def add(
        self, steps: int = 1, note: str | None = None, total: int | None = None, done: int | None = None
    ) -> None:
        """Counts `steps`. `done` says how many were done before, and that it begins now."""
        self.done += steps
        self.note = self.note if note is None else note
        self.total = self.total if total is None else total
        now = self._clock()
        if done is not None:
            self.done = done
            self._marks = deque([(now, done)], MARKS)
        elif self.done > self._marks[-1][1] and now - self._marks[-1][0] >= APART:
            self._marks.append((now, self.done))

    def seconds_left(self) -> float | None:
        """The time that the rest takes at the rate of the recent steps; None where nobody knows."""
        began, before = self._marks[0]
        if self.total is None or self.done == before:
            return None
        return (self._clock() - began) / (self.done - before) * max(self.total - self.done, 0)

    def time_left(self) -> str:
        """The time left in words, or nothing."""
        seconds = self.seconds_left()
        return "" if seconds is None else f"{in_words(seconds)} left"

    def __str__(self) -> str:
        of_all = f" of {self.total:,}" if self.total else ""
        return ", ".join(filter(None, [f"{self.done:,}{of_all}", self.time_left(), self.note]))


def in_words(seconds: float) -> str:
    """A time for people: "40 s", "12 min", "3 h 5 min", "2 d 4 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h"
