"""What a server did in the last hour, ten seconds at a time: for people who look at it now."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp, log
from time import time

SECONDS, KEPT = 10, 360
FINE = 20  # steps of a duration by which it grows e-fold: each is 5 % longer


@dataclass
class ServedMoment:
    """Ten seconds of a server's life."""

    began: int  # seconds since 1970
    requests: int = 0
    tokens: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    firsts: Counter[int] = field(default_factory=Counter)  # answers by the time to their first word

    def first(self, share: float) -> float | None:
        """The seconds within which so many of the answers began; none began: nothing."""
        left = share * self.firsts.total()
        for step in sorted(self.firsts):
            left -= self.firsts[step]
            if left <= 0:
                return exp(step / FINE)
        return None


class ServedHistory:
    """The moments of the last hour; in memory alone, and bounded."""

    def __init__(self, clock: Callable[[], float] = time):
        self._clock, self.began = clock, clock()
        self._moments = deque[ServedMoment](maxlen=KEPT)

    def now(self) -> ServedMoment:
        """The moment that goes on."""
        began = int(self._clock()) // SECONDS * SECONDS
        if not self._moments or self._moments[-1].began < began:
            self._moments.append(ServedMoment(began))
        return self._moments[-1]

    def first(self, seconds: float) -> None:
        self.now().firsts[round(FINE * log(max(seconds, 1e-6)))] += 1

    def moments(self, most: int = KEPT) -> list[ServedMoment]:
        """The last ones since it began, also those in which nothing happened."""
        known = {moment.began: moment for moment in self._moments}
        last = self.now().began
        first = max(int(self.began) // SECONDS * SECONDS, last - (most - 1) * SECONDS)
        return [known.get(at) or ServedMoment(at) for at in range(first, last + 1, SECONDS)]
