"""An answer that is on its way, for all who ask the same at the same time: it is asked for once."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any, cast

import pitchpipe as pp


class AnswerFlight:
    """The stretches that have come so far. More of them come as long as one of those who ask is there.

    `ended` is called once it is whole, has failed, or nobody is left.
    """

    def __init__(self, stretches: AsyncIterator[pp.Said], ended: Callable[["AnswerFlight"], None]):
        import asyncio

        self.said = list[pp.Said]()
        self.error: BaseException | None = None
        self.done, self.passengers = False, 0
        self._ended, self._news = ended, asyncio.Event()
        self._task = asyncio.create_task(self._run(stretches))

    async def follow(self) -> AsyncIterator[pp.Said]:
        """All stretches, from the first one on."""
        self.passengers += 1
        at = 0
        try:
            while not self.done or at < len(self.said):
                while at < len(self.said):
                    yield self.said[at]
                    at += 1
                if not self.done:
                    await self._news.wait()
            if self.error:
                raise self.error
        finally:
            self.passengers -= 1
            if not self.passengers and not self.done:
                await self._stop()

    async def _run(self, stretches: AsyncIterator[pp.Said]) -> None:
        try:
            async with aclosing(cast(Any, stretches)):
                async for said in stretches:
                    self.said.append(said)
                    self._tell()
        except BaseException as error:
            self.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            self.done = True
            self._ended(self)
            self._tell()

    def _tell(self) -> None:
        """Wakes all who wait now."""
        self._news.set()
        self._news.clear()

    async def _stop(self) -> None:
        import asyncio

        self._ended(self)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
