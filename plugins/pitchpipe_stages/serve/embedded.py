"""The upstream in this process: a model with its engine, asked in the very words of training."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from pitchpipe.host.serving import Declined, Request, Said, Service
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.engine.outbox import Outbox
from pitchpipe_stages.serve.engine.row import AnswerRow, TokenStep
from pitchpipe_stages.serve.own_sampling import OwnSampling
from pitchpipe_stages.serve.words.served_words import ServedWords

UNBOUND = 1 << 30  # tokens of an answer, for models that know no most


class EmbeddedModel:
    """Answers requests by a model that is open. `adapter` is one of those that its base wears.

    `most` are the tokens of an answer, where that is bounded.
    """

    def __init__(
        self,
        opened: OpenedModel,
        engine: Engine,
        adapter: str = "",
        most: int | None = None,
    ):
        self.opened, self.engine, self.adapter, self.most = opened, engine, adapter, most
        self.words = ServedWords(opened, adapter)
        self.sampling = OwnSampling(opened.model)

    async def begin(self, service: Service) -> None:
        """Proves that requests become the ids of training, and says so."""
        service.say(await asyncio.to_thread(self.words.proven))

    async def close(self) -> None:
        """The engine is closed by who has started it."""

    def read(self, request: Request) -> Request:
        """With the ids that the model reads and a digest of what decides the answer. Any thread may ask."""
        wanted = request.wish.max_tokens
        if self.most and wanted and wanted > self.most:
            raise Declined(
                400, f"an answer has at most {self.most:,} tokens here", "max_tokens", "invalid_value"
            )
        request = replace(request, wish=self.sampling.settled(request.wish))
        request = replace(request, **self.words.read(request))
        bounded = self.most and request.identity and f"{request.identity}-{self.most}"
        return replace(request, identity=bounded or request.identity)

    async def __call__(self, request: Request) -> AsyncIterator[Said]:
        """The stretches of all its answers, as they come."""
        outbox, heard = self._outbox(), asyncio.Queue[tuple[AnswerRow, TokenStep | Exception]]()
        rows = list[AnswerRow]()

        def tell(number: int, step: TokenStep | Exception) -> None:
            outbox.put(heard.put_nowait, (rows[number], step))

        for number in range(request.wish.count):
            most = self._most(request)
            rows.append(
                AnswerRow(request.ids, request.wish, most, partial(tell, number), self.adapter, number)
            )
        writers = [self.words.writer(request, row.number) for row in rows]
        going = len(rows)
        try:
            for row in rows:
                self.engine.ask(row)
            while going:
                row, step = await heard.get()
                if isinstance(step, Exception):
                    raise step
                if said := writers[row.number].add(step.token, step.end, self.words.likely(step)):
                    row.left = row.left or bool(said.end)
                    going -= bool(said.end)
                    yield said
        finally:
            for row in rows:
                row.left = True

    def _outbox(self) -> Outbox:
        """All answers of an engine share one, in the same loop."""
        loop = asyncio.get_running_loop()
        if not self.engine.outbox or self.engine.outbox.loop is not loop:
            self.engine.outbox = Outbox(loop)
        return self.engine.outbox

    def _most(self, request: Request) -> int:
        """Tokens that each answer may have."""
        room = self.words.reader.room(len(request.ids))
        bounds = (room, request.wish.max_tokens, self.most)
        return min(bound for bound in (*bounds, UNBOUND) if bound is not None)
