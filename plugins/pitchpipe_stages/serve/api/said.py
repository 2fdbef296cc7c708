"""What is said to one HTTP request: gathered while it comes, and handed over as much as is there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import Any, cast

from pitchpipe.host.serving import Request, Said

Answer = Callable[[Request], AsyncIterator[Said]]


class Hearing:
    """The answers to the prompts of one HTTP request, numbered over all prompts.

    Each prompt has a task of its own, which ends when whoever listens leaves.
    """

    def __init__(self, answer: Answer, requests: Sequence[Request]):
        self._heard, self._news = list[Said](), asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._hear(answer, request, number * request.wish.count))
            for number, request in enumerate(requests)
        ]
        for task in self._tasks:
            task.add_done_callback(lambda _: self._news.set())

    async def __aenter__(self) -> "Hearing":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _hear(self, answer: Answer, request: Request, first: int) -> None:
        async with aclosing(cast(Any, answer(request))) as saying:
            async for said in saying:
                self._heard.append(replace(said, index=first + said.index) if first else said)
                self._news.set()

    async def more(self) -> list[Said]:
        """All that was said since, one stretch for each answer; empty at the end."""
        while not self._heard:
            failed = [one.exception() for one in self._tasks if one.done() and not one.cancelled()]
            if error := next(filter(None, failed), None):
                raise error
            if all(one.done() for one in self._tasks):
                return []
            self._news.clear()
            await self._news.wait()
        heard, self._heard = self._heard, []
        return joined(heard)


def joined(heard: Sequence[Said]) -> list[Said]:
    """Stretches with those of the same answer put together."""
    if len(heard) == 1:
        return list(heard)
    answers = dict[int, list[Said]]()
    for said in heard:
        answers.setdefault(said.index, []).append(said)
    return [many[0] if len(many) == 1 else Said.joined(many) for many in answers.values()]
