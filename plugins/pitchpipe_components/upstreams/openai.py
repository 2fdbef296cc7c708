"""The upstream `openai`: any server with OpenAI's API, another pitchpipe's too."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any

import pitchpipe as pp
from pitchpipe_components.upstreams.asked import body_of, path_of
from pitchpipe_components.upstreams.events import EventTooLong, events_in
from pitchpipe_components.upstreams.pieces import BrokeOff, Pieces
from pitchpipe_components.upstreams.session import RemoteSession
from pitchpipe_components.upstreams.turned_away import RemoteServer, because, turned_away
from pitchpipe_components.wire.address import address
from pitchpipe_components.wire.secret import Secret, must_hold_none

if TYPE_CHECKING:
    from aiohttp import ClientResponse

OURS = {"messages", "prompt", "model", "stream", "n", "tools"}
DONE = "[DONE]"


class OpenAIUpstream:
    """Answers by a server with OpenAI's API: vLLM, SGLang, Ollama, llama-server, another pitchpipe."""

    def __init__(
        self,
        *,
        url: Annotated[str, pp.Meta(description="up to /v1, as in http://localhost:8000/v1")],
        model: Annotated[str, pp.Meta(min_length=1, description="the model's name, as that server calls it")],
        key: Annotated[
            str | None,
            pp.Meta(description="the variable of the environment that holds the key, never the key"),
        ] = None,
        timeout: Annotated[
            float, pp.Meta(gt=0, description="seconds of silence, before the first word or between two")
        ] = 60,
        body: Annotated[
            dict[str, Any] | None,
            pp.Meta(
                description="parameters of each request to add; null takes one out, as in {temperature: null}"
            ),
        ] = None,
        determined: Annotated[
            bool,
            pp.Meta(description="its answers at temperature 0 or with a seed are always the same"),
        ] = False,
    ):
        self.url, self.model, self.body, self.determined = address(url), model, body or {}, determined
        secret = Secret(key)
        self.whom, self.session = (
            RemoteServer(self.url, model, secret),
            RemoteSession(self.url, secret, timeout),
        )
        for option, said in (("url", url), ("body", self.body), ("model", model)):
            must_hold_none(option, said)
        if clash := self.body.keys() & OURS:
            raise ValueError(f"body: {min(clash)} cannot be set here")

    def variable(self) -> str:
        return self.whom.secret.variable

    async def begin(self, service: pp.Service) -> None:
        """Says at once, and not at the first request, what would be wrong with all of them."""
        self.whom.secret.headers()
        self.session.ask_for_models(self.whom, service.say)

    async def close(self) -> None:
        await self.session.close()

    def read(self, request: pp.Request) -> pp.Request:
        """Nothing is known of its ids. Whether its answers are determined, the recipe must say."""
        wish = request.wish
        if not self.determined or (wish.sampling.temperature and wish.seed is None):
            return replace(request, ids=(), identity="")
        told = json.dumps([self.url, path_of(request), self._asked(request)], sort_keys=True)
        return replace(request, ids=(), identity=blake2b(told.encode(), digest_size=16).hexdigest())

    async def __call__(self, request: pp.Request) -> AsyncGenerator[pp.Said]:
        pieces = Pieces(request.wish.count)
        try:
            async with self.session.post(path_of(request), self._asked(request)) as response:
                await self._must_answer(response)
                done = False
                async with aclosing(self._chunks(response)) as chunks:
                    async for data in chunks:
                        done = data == DONE
                        for said in () if done else self._read(data, pieces):
                            yield said
                        if done or pieces.is_whole:
                            break
                for said in pieces.finish(done):
                    yield said
        except (BrokeOff, EventTooLong) as broken:
            cause = pp.PitchpipeError(f"{self.url}: {broken or 'an event without an end'}")
            raise because(502, "the upstream broke off", cause) from cause

    def _asked(self, request: pp.Request) -> dict[str, Any]:
        said = body_of(request, self.url, self.model) | self.body
        return {name: value for name, value in said.items() if value is not None}

    async def _must_answer(self, response: "ClientResponse") -> None:
        if response.status != 200:
            body = (await response.content.read(1 << 20)).decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise turned_away(response.status, headers, _json(body), body, self.whom)

    async def _chunks(self, response: "ClientResponse") -> AsyncGenerator[str]:
        """What events hold; a server that does not stream says all at once."""
        if response.content_type == "text/event-stream":
            async with aclosing(events_in(response.content.iter_any())) as events:
                async for data in events:
                    yield data
        else:
            yield (await response.read()).decode("utf-8", "replace")
            yield DONE

    def _read(self, data: str, pieces: Pieces) -> Iterator[pp.Said]:
        chunk = _json(data)
        if not isinstance(chunk, dict):
            web = " Does the url end with /v1?" if data.lstrip()[:1] == "<" else ""
            raise BrokeOff(f"it said what is no JSON: {data[:80]!r}.{web}")
        if chunk.get("error") or chunk.get("object") == "error":
            error = chunk.get("error") or chunk
            code = str(error.get("code") if isinstance(error, dict) else "")
            status = int(code) if code.isdecimal() and 400 <= int(code) < 600 else 500
            raise turned_away(status, {}, chunk, data, self.whom)
        return pieces.add(chunk)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
