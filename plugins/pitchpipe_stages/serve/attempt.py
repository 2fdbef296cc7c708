"""The tries of one request: which upstream is asked next, after how long, and when to give up."""

import asyncio
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from time import monotonic

from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.upstream_health import OFTEN, UpstreamHealth, is_failure, why

TRIES = 3  # of each upstream
TOTAL = 10.0  # seconds for all of them
WAIT = 0.25  # seconds before an upstream is asked again: twice as many each time


class Attempt:
    """Asks the upstreams in their order, and those again that may do better a moment later."""

    def __init__(self, names: Sequence[str], health: Mapping[str, UpstreamHealth]):
        self.names, self.health = list(names), health
        self.failure: Exception = Declined(503, "no upstream answers now", code="upstream_failed")
        self._tried, self._not_before = Counter[str](), dict[str, float]()
        self._until = monotonic() + TOTAL

    async def next(self) -> str:
        """The upstream to ask, when it is time; the failure where none is left or worth the wait."""
        while True:
            left = sorted(self.names, key=lambda name: self._tried[name])
            waits = {name: self._seconds(name) for name in left if self._may_answer(name)}
            if not waits:
                raise self._later(min(self.health[name].seconds for name in self.names))
            name = min(waits, key=lambda name: waits[name])
            if not waits[name]:
                self._tried[name] += 1
                return name
            if monotonic() + waits[name] > self._until:
                raise self._later(waits[name])
            await asyncio.sleep(waits[name])

    def fail(self, name: str, error: Exception) -> None:
        """Raises what a client must hear. An upstream that just fails is not asked again; one that stands in
        and cannot take the request does not stand in."""
        if not is_failure(error):
            if name == self.names[0]:
                raise error
            self._tried[name] = TRIES
            return
        self.failure = error
        again = why(error) != OFTEN
        self._tried[name] = self._tried[name] if again else TRIES
        pause = WAIT * 2 ** (self._tried[name] - 1) * (0.5 + random.random())
        self._not_before[name] = monotonic() + pause

    def _may_answer(self, name: str) -> bool:
        """Nobody waits for one that is down; one that is busy says when it is not."""
        return self._tried[name] < TRIES and not self.health[name].is_down

    def _seconds(self, name: str) -> float:
        return max(self.health[name].seconds, self._not_before.get(name, 0.0) - monotonic(), 0.0)

    def _later(self, seconds: float) -> Exception:
        """The failure, with when to come back."""
        if seconds and isinstance(self.failure, Declined):
            self.failure.after = max(self.failure.after or 1, math.ceil(seconds))
        return self.failure
