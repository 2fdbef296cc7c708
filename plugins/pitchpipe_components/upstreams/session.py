"""Connections to another server, kept open between requests, and the errors of a network."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pitchpipe as pp
from pitchpipe_components.upstreams.turned_away import RemoteServer, because
from pitchpipe_components.wire.address import proxy_for
from pitchpipe_components.wire.secret import Secret

if TYPE_CHECKING:
    import asyncio

    from aiohttp import ClientResponse, ClientSession

CONNECT = 5.0  # seconds to be let in
LOOK = 5.0  # seconds for the list of models


class RemoteSession:
    """Asks one server."""

    def __init__(self, url: str, secret: Secret, timeout: float):
        self.url, self.secret, self.timeout, self.proxy = url, secret, timeout, proxy_for(url)
        self._session: ClientSession | None = None
        self._look: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def post(self, path: str, parameters: dict[str, Any]) -> "AsyncIterator[ClientResponse]":
        """The response, its head read. Errors of the network are failures of the upstream."""
        import aiohttp

        headers = {"Content-Type": "application/json", **self.secret.headers()}
        limits = aiohttp.ClientTimeout(
            total=None, sock_connect=min(CONNECT, self.timeout), sock_read=self.timeout
        )
        try:
            async with self._open().post(
                self.url + path, data=json.dumps(parameters).encode(), headers=headers,
                allow_redirects=False, timeout=limits, proxy=self.proxy,
            ) as response:  # fmt: skip
                yield response  # what is not read of it then closes its connection
        except TimeoutError:
            late = pp.PitchpipeError(f"{self.url}: silent for {self.timeout:g} seconds (timeout)")
            raise because(504, "the upstream did not answer in time", late) from late
        except (aiohttp.ClientError, OSError) as error:
            words = self.secret.hidden(f"{type(error).__name__}: {error}".strip(": "))
            broken = pp.PitchpipeError(f"{self.url}: {words}")
            raise because(502, "the upstream cannot be reached", broken) from broken

    def ask_for_models(self, whom: RemoteServer, say: Callable[[str], None]) -> None:
        """Looks in the background whether the server is there and knows the model."""
        import asyncio

        self._look = asyncio.create_task(self._ask_for_models(whom, say))

    async def close(self) -> None:
        import asyncio

        if self._look:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)
        if self._session:
            await self._session.close()
        self._session = self._look = None

    async def _ask_for_models(self, whom: RemoteServer, say: Callable[[str], None]) -> None:
        import aiohttp

        limits = aiohttp.ClientTimeout(total=LOOK)
        try:
            async with self._open().get(
                self.url + "/models", headers=self.secret.headers(), timeout=limits, proxy=self.proxy,
                allow_redirects=False,
            ) as response:  # fmt: skip
                if problem := await self._problem(response, whom):
                    say(f"upstream {self.url}: {problem}")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            words = self.secret.hidden(str(error) or "no answer")
            say(f"upstream {self.url}: it does not answer yet ({words})")

    async def _problem(self, response: "ClientResponse", whom: RemoteServer) -> str:
        """What is wrong with a server that answers; not every one lists its models."""
        if response.status in (401, 403):
            return f"{response.status}{whom.cure(response.status, {})}"
        try:
            cards = json.loads(await response.text())["data"] if response.status == 200 else []
            known = [str(card["id"]) for card in cards]
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
        missing = known and whom.model not in known
        return f"it knows no model '{whom.model}'.{pp.suggest(whom.model, known)}" if missing else ""

    def _open(self) -> "ClientSession":
        import aiohttp

        if self._session is None or self._session.closed:
            connections = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connections, cookie_jar=aiohttp.DummyCookieJar())
        return self._session
