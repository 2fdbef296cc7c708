"""The teacher `model`: a model in this process, asked with its own template."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pitchpipe as pp
from pitchpipe_components.teachers.decides import decides

if TYPE_CHECKING:
    import asyncio

TOGETHER = 0.01  # seconds in which the others of a batch come
Waiting = tuple[pp.Ask, "asyncio.Future[pp.Reply]"]


class OneOfOurs:
    """Ask a model in this process: of a run, a folder or the hub, or the recipe's own base."""

    can = frozenset({"schema", "raw", "logprobs", "batch"})

    def __init__(
        self,
        *,
        folder: Annotated[
            Path | None, pp.Meta(description="a run, or the folder of a model or an adapter")
        ] = None,
        name: Annotated[str | None, pp.Meta(description="a model's name on the hub")] = None,
        batch_size: Annotated[int, pp.Meta(ge=1, description="questions that are asked together")] = 16,
    ):
        if folder and name:
            raise ValueError("give folder or name, not both")
        self.place = str(folder or name or "")
        self.model = (folder.name if folder else name) or "the recipe's base"
        self.concurrency = batch_size
        self._models: pp.Models | None = None
        self._waiting: list[Waiting] = []
        self._work: asyncio.Task[None] | None = None

    def take(self, models: pp.Models) -> None:
        """Models may be opened now."""
        self._models = models

    def dollars(self, usage: pp.Usage) -> float:
        return 0.0

    def request(self, ask: pp.Ask) -> dict[str, Any]:
        """All that decides a reply: where the model lies changes nothing."""
        return {"api": "model", "model": self._opener().identity(self.place), **decides(ask)}

    async def __call__(self, ask: pp.Ask) -> pp.Reply:
        import asyncio

        reply: asyncio.Future[pp.Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, reply))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._answer_all())
        return await reply

    async def _answer_all(self) -> None:
        """Answers batch by batch, in a thread: whoever asks next and the record go on meanwhile."""
        import asyncio

        while self._waiting:
            await asyncio.sleep(TOGETHER)
            waiting = [one for one in self._waiting if not one[1].done()]
            batch, self._waiting = waiting[: self.concurrency], waiting[self.concurrency :]
            await self._answer(batch)

    async def _answer(self, batch: list[Waiting]) -> None:
        import asyncio

        asks = [_told(ask) for ask, _ in batch]
        try:
            found: Sequence[pp.Reply] = await asyncio.to_thread(self._opener().answers, self.place, asks)
        except asyncio.CancelledError:
            self._opener().stop()  # or the thread would go on to the end of the batch
            raise
        except Exception as error:
            for _, reply in batch:
                reply.set_exception(error)
        else:
            for (_, reply), answer in zip(batch, found, strict=True):
                reply.set_result(pp.replace(answer, model=self.model))

    def _opener(self) -> pp.Models:
        if self._models is None:
            raise pp.PitchpipeError("a model of this process is asked within a run alone")
        return self._models


def _told(ask: pp.Ask) -> pp.Ask:
    """The question with its schema in words: nothing else would make a model in memory follow it."""
    if ask.schema is None or not ask.messages:
        return ask
    import json
    from dataclasses import replace

    words = f"\n\nAnswer with JSON alone that follows this schema:\n{json.dumps(ask.schema)}"
    *before, last = ask.messages
    return replace(ask, messages=[*before, {**last, "content": last["content"] + words}])
