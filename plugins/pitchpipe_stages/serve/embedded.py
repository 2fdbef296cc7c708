"""The upstream in this process: a model with its engine, asked in the very words of training."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.serving import Declined, Request, Said
from pitchpipe_stages.generate.decoding import Decoder
from pitchpipe_stages.generate.opened import ContextFull, OpenedModel
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.engine.row import AnswerRow, TokenStep


class EmbeddedModel:
    """Answers requests by a model that is open. `adapter` is one of those that its base wears."""

    def __init__(self, opened: OpenedModel, engine: Engine, adapter: str = ""):
        self.opened, self.engine, self.adapter = opened, engine, adapter

    def read(self, request: Request) -> Request:
        """With the ids that the model reads."""
        ids = tuple(request.tokens or self._ids(request))
        try:
            self.opened.room(len(ids))
        except ContextFull as full:
            raise Declined(400, str(full), "messages", "context_length_exceeded") from None
        wish = request.wish
        chance = wish.sampling.temperature and wish.seed is None
        told = (ids, wish, self.adapter, self.opened.rendering.digest())
        identity = "" if chance else blake2b(repr(told).encode(), digest_size=16).hexdigest()
        return replace(request, ids=ids, identity=identity)

    def _ids(self, request: Request) -> list[int]:
        if request.text is not None:
            return self.opened.text(request.text)
        try:
            return self.opened.prompt(request.conversation)
        except PitchpipeError as refusal:
            raise Declined(400, str(refusal), "messages") from None

    async def __call__(self, request: Request) -> AsyncIterator[Said]:
        """The stretches of all its answers, as they come."""
        loop, heard = asyncio.get_running_loop(), asyncio.Queue[tuple[AnswerRow, TokenStep | Exception]]()
        most = min(self.opened.room(len(request.ids)), request.wish.max_tokens or 1 << 30)
        rows = list[AnswerRow]()

        def tell(number: int, step: TokenStep | Exception) -> None:
            loop.call_soon_threadsafe(heard.put_nowait, (rows[number], step))

        for number in range(request.wish.count):
            rows.append(
                AnswerRow(request.ids, request.wish, most, partial(tell, number), self.adapter, number)
            )
        for row in rows:
            self.engine.ask(row)
        decoders = [Decoder(self.opened.tokenizer) for _ in rows]
        going = len(rows)
        try:
            while going:
                row, step = await heard.get()
                if isinstance(step, Exception):
                    raise step
                decoder = decoders[row.number]
                text = "" if step.token in self.engine.ends else decoder.add(step.token)
                text += decoder.finish() if step.end else ""
                yield Said(row.number, text, tokens=1, end=step.end)
                going -= bool(step.end)
        finally:
            for row in rows:
                row.left = True
