"""One request over HTTP, and the errors that are worth another try."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

import pitchpipe as pp
from pitchpipe_components.wire.address import proxy_for
from pitchpipe_components.wire.secret import Secret

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

LARGEST = 32 << 20  # bytes of a reply


@dataclass(frozen=True)
class Response:
    """What a server said."""

    status: int
    headers: dict[str, str]  # names in lower case
    body: str


class Wire:
    """Connections to a server, kept open between questions."""

    def __init__(self, url: str, secret: Secret, timeout: float):
        self.url, self.secret, self.timeout = url, secret, timeout
        self.proxy = proxy_for(url)
        self._session: ClientSession | None = None

    async def post(self, path: str, parameters: dict[str, Any]) -> Response:
        import ssl

        import aiohttp

        headers = {"Content-Type": "application/json", **self.secret.headers()}
        if self._session is None:
            connections = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connections, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(
                self.url + path, data=msgspec.json.encode(parameters), headers=headers, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.timeout), proxy=self.proxy,
            ) as response:  # fmt: skip
                body = await _body(response)
                named = {name.lower(): value for name, value in response.headers.items()}
                hidden = self.secret.hidden(body, said=response.status == 200)
                return Response(response.status, named, hidden)
        except (
            aiohttp.ClientConnectorCertificateError,
            aiohttp.ClientConnectorSSLError,
            ssl.SSLError,
        ) as error:
            raise pp.PitchpipeError(f"{self.url}: no safe connection: {error}") from None
        except aiohttp.ClientConnectorError as error:
            raise pp.AskAgain(
                f"{self.url} cannot be reached: {error.os_error.strerror or error}", free=True
            ) from None
        except TimeoutError:
            raise pp.AskAgain(f"no whole reply within {self.timeout:g} seconds (timeout)") from None
        except (aiohttp.ClientError, OSError) as error:
            words = self.secret.hidden(f"{type(error).__name__}: {error}".strip(": "))
            raise pp.AskAgain(f"the connection broke: {words}") from None

    async def close(self) -> None:
        if self._session:
            await self._session.close()


async def _body(response: "ClientResponse") -> str:
    parts, size = list[bytes](), 0
    async for part in response.content.iter_chunked(1 << 16):
        size += len(part)
        if size > LARGEST:
            raise pp.AskAgain(f"a reply of more than {LARGEST >> 20} MB")
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")
