"""The server of a guard model: one question to it, and what it replies."""

import json
from typing import TYPE_CHECKING, Any

from pitchpipe_components.wire.address import CHAT, proxy_for
from pitchpipe_components.wire.errors import words_of
from pitchpipe_components.wire.secret import Secret

if TYPE_CHECKING:
    from aiohttp import ClientSession

_LARGEST = 1 << 20  # bytes of a reply


class NoVerdict(Exception):
    """A guard model gave none: why."""


class GuardServer:
    """Connections to it, kept open between questions."""

    def __init__(self, url: str, secret: Secret, timeout: float):
        self.url, self.secret, self.timeout, self.proxy = url, secret, timeout, proxy_for(url)
        self._session: ClientSession | None = None

    async def reply(self, body: dict[str, Any]) -> str:
        """The text of its reply."""
        import aiohttp

        for last in (False, True):  # a connection that was kept open may be closed by now
            try:
                return await self._ask(body)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if last:
                    raise NoVerdict(self.secret.hidden(f"the connection broke: {error}")) from None
            except TimeoutError:
                raise NoVerdict(f"no reply within {self.timeout:g} seconds (timeout)") from None
            except (aiohttp.ClientError, OSError) as error:
                raise NoVerdict(self.secret.hidden(f"{type(error).__name__}: {error}")) from None
        raise AssertionError

    async def _ask(self, body: dict[str, Any]) -> str:
        import aiohttp

        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Content-Type": "application/json", **self.secret.headers()}
        async with self._session.post(
            self.url + CHAT, data=json.dumps(body), headers=headers, allow_redirects=False, proxy=self.proxy,
            timeout=aiohttp.ClientTimeout(total=self.timeout),
        ) as response:  # fmt: skip
            said = await response.content.read(_LARGEST)
            text = said.decode("utf-8", "replace")
            if response.status != 200:
                raise NoVerdict(
                    self.secret.hidden(f"status {response.status}: {words_of(_json(text), text)}")
                )
            return _content(_json(text))

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _content(data: Any) -> str:
    try:
        content = data["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise NoVerdict("a response without a reply in it") from None
    if not isinstance(content, str):
        raise NoVerdict("a reply without words")
    return content
