"""HTTP responses that are answers: whole, or as a stream of events. They end when the client leaves.

The first words are waited for before the headers go out, so that whoever declines does so with a status.
"""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pitchpipe.host.serving import Declined, Said
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.encoding import encoded
from pitchpipe_stages.serve.api.errors import error_of
from pitchpipe_stages.serve.api.presence import ClientGone, while_there
from pitchpipe_stages.serve.api.said import Answer, Hearing, joined
from pitchpipe_stages.serve.api.shapes import Envelope

_LOG = logging.getLogger("pitchpipe.serve")
_DONE = b"data: [DONE]\n\n"

Tell = Callable[[ClientAsk, Hearing, Send], Awaitable[None]]


class Answered(Response):
    """An answer over HTTP, as `tell` sends it."""

    def __init__(self, answer: Answer, asked: ClientAsk, tell: Tell):
        super().__init__()
        self.answer, self.asked, self.tell = answer, asked, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with while_there(receive), Hearing(self.answer, self.asked.requests) as hearing:
                await self.tell(self.asked, hearing, send)
        except ClientGone:
            return


async def tell_whole(asked: ClientAsk, hearing: Hearing, send: Send) -> None:
    """Sends an answer when all of it is there."""
    heard = await whole(asked, hearing)
    choices = [asked.shape.choice(said) for said in heard]
    body = encoded(asked.whole(choices))
    await send_whole(asked, heard[0], body, send)


async def send_whole(asked: ClientAsk, said: Said, body: bytes, send: Send) -> None:
    headers = _headers(asked, said, "application/json") | {"content-length": str(len(body))}
    await _start(headers, send)
    await send({"type": "http.response.body", "body": body})


async def whole(asked: ClientAsk, hearing: Hearing) -> list[Said]:
    """All that was said, by the number of the answer."""
    heard = list[Said]()
    while more := await hearing.more():
        for said in more:
            asked.hear(said)
        heard += more
    asked.finish()
    return sorted(joined(heard), key=lambda said: said.index)


async def tell_events(asked: ClientAsk, hearing: Hearing, send: Send) -> None:
    """Sends an answer as it grows, as server-sent events."""
    heard = await hearing.more()
    if not heard:
        asked.finish()
    headers = _headers(asked, heard[0], "text/event-stream; charset=utf-8")
    await _start(headers | {"cache-control": "no-cache", "x-accel-buffering": "no"}, send)
    try:
        while heard:
            if body := b"".join([_event(asked, said) for said in heard]):
                await send({"type": "http.response.body", "body": body, "more_body": True})
            heard = await hearing.more()
        asked.finish()
        last = _data(asked.chunk([], asked.counted())) if asked.usage else b""
        await send({"type": "http.response.body", "body": last + _DONE})
    except Exception as error:
        if not isinstance(error, Declined):
            _LOG.exception("%s broke off", asked.id)
        await send({"type": "http.response.body", "body": b"data: " + encoded(error_of(error)) + b"\n\n"})


def _event(asked: ClientAsk, said: Said) -> bytes:
    asked.hear(said)
    return b"".join([_data(asked.chunk([choice])) for choice in asked.shape.chunks(said)])


def _data(chunk: Envelope) -> bytes:
    return b"data: " + encoded(chunk) + b"\n\n"


def _headers(asked: ClientAsk, said: Said, kind: str) -> dict[str, str]:
    told = {"x-upstream": quote(said.by, safe=" /:@"), "x-cache": said.cache}
    given = {name: value for name, value in told.items() if value}
    return {"content-type": kind, "x-request-id": asked.id, **given}


async def _start(headers: dict[str, str], send: Send) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": pairs})
