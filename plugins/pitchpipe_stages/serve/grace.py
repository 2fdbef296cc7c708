"""The end of a server's grace: answers that still run are cut off, and their clients are told."""

import asyncio
from collections.abc import AsyncGenerator

from pitchpipe.host.serving import Declined, Said


class Grace:
    """Waits for the next stretch of an answer, until the server has no more time."""

    def __init__(self) -> None:
        self.over = False
        self._waiting = set[asyncio.Timeout]()

    def end(self) -> None:
        """Nobody waits any longer."""
        self.over = True
        for wait in self._waiting:
            wait.reschedule(0)

    async def next(self, stretches: AsyncGenerator[Said]) -> Said | None:
        """The next stretch; nothing after the last."""
        if self.over:
            raise _cut_off()
        try:
            async with asyncio.timeout(None) as wait:
                self._waiting.add(wait)
                try:
                    return await anext(stretches, None)
                finally:
                    self._waiting.discard(wait)
        except TimeoutError:
            raise (_cut_off() if self.over else Declined(504, "an upstream took too long")) from None


def _cut_off() -> Declined:
    return Declined(503, "this server has ended, and your answer with it", code="draining", after=5)
