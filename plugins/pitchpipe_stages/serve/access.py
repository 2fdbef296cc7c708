"""What stands before all routes: who asks, from where, how much at once, and how slowly."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from time import monotonic
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.api.errors import error_response
from pitchpipe_stages.serve.keys import ServerKeys
from pitchpipe_stages.serve.sections import Serve

OPEN = ("/health",)  # what needs no key
GONE = 499  # the status, as proxies call it, where a client went away before there was one
SLOWEST = 30.0  # seconds that a body may take
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Of browsers. Chromium asks nobody for a key where the header names a second scheme.
ASKED = 'Basic realm="pitchpipe: any name, and a key as the password"'
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class AccessRules:
    """Where the server listens, who may ask, how many requests of one key are under way at a time, and what
    else the server is called."""

    host: str = "127.0.0.1"
    keys: ServerKeys = field(default_factory=ServerKeys)
    per_key: int | None = None
    domains: tuple[str, ...] = ()


class Access:
    """An application behind its rules. A digest of the key is known inside, as the state's `who`."""

    def __init__(self, app: ASGIApp, rules: AccessRules, told: Callable[[str, str, int], None]):
        self.app, self.rules, self.told = app, rules, told
        self._busy = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = GONE

        async def sent(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                given = {name.lower() for name, _ in event["headers"]}
                more = [(name, value) for name, value in ALWAYS.items() if name not in given]
                event = {**event, "headers": [*event["headers"], *more]}
            await send(event)

        try:
            headers = {name.lower(): value for name, value in scope["headers"]}
            holder = self._admitted(scope, headers)
            with self._one_more(holder, scope["path"]):
                scope.setdefault("state", {})["who"] = holder
                await self.app(scope, hurried(receive), sent)
        except Declined as no:
            response = error_response(no)
            if no.status == HTTPStatus.UNAUTHORIZED:
                response.headers["www-authenticate"] = ASKED
            await response(scope, receive, sent)
        except Exception:
            status = 500 if status == GONE else status
            raise
        finally:
            self.told(scope["method"], getattr(scope.get("route"), "path", ""), status)

    def _admitted(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """The holder of the key; nothing where none is needed."""
        host, rules = headers.get(b"host", b"").decode("latin-1"), self.rules
        if is_loopback(rules.host) and _name(host) not in (*LOOPBACK, *rules.domains):
            known = " and ".join(("127.0.0.1", "localhost", *rules.domains))
            raise Declined(421, f"this server has another name: it answers to {known}", "Host")
        origin = headers.get(b"origin")
        if origin is not None and _place(origin.decode("latin-1")) != host.lower():
            raise Declined(403, "pages of other sites may not ask this server", "Origin", "foreign_origin")
        if not rules.keys.known or scope["path"] in OPEN:
            return ""
        holder = rules.keys.holder(headers.get(b"authorization", b""))
        if holder is None:
            raise Declined(
                401, "this server needs a key, as in `Authorization: Bearer KEY`", code="invalid_api_key"
            )
        return holder

    @contextmanager
    def _one_more(self, holder: str, path: str) -> Iterator[None]:
        """The time of a request, beside the others of its key."""
        most = self.rules.per_key
        if path in OPEN or not (most and holder):
            yield
            return
        if self._busy[holder] >= most:
            words = f"your key has {most} requests under way, and may have no more at a time"
            raise Declined(429, words, code="key_busy", after=1)
        self._busy[holder] += 1
        try:
            yield
        finally:
            self._busy[holder] -= 1
            if not self._busy[holder]:
                del self._busy[holder]


def hurried(receive: Receive) -> Receive:
    """Whoever takes too long to send a body is gone."""
    until, whole = monotonic() + SLOWEST, False

    async def received() -> Message:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(until - monotonic()):
                event = await receive()
        except TimeoutError:
            event = {"type": "http.disconnect"}
        whole = not event.get("more_body")
        return event

    return received


def rules_of(told: Serve) -> AccessRules:
    """The rules of a recipe. Whoever lets others in demands a key of them."""
    if not told.key and (told.domains or not is_loopback(told.host)):
        where = ", ".join(told.domains) or told.host
        raise PitchpipeError(
            f"others can reach {where}, so a key is needed: put one into a variable, as in `export"
            " PITCHPIPE_KEYS=$(openssl rand -hex 24)`, and name it: --key PITCHPIPE_KEYS"
        )
    if told.per_key and not told.key:
        raise PitchpipeError("serve.per_key counts requests of a key, and no keys are demanded: serve.key")
    return AccessRules(told.host, ServerKeys.of(told.key), told.per_key, tuple(map(str.lower, told.domains)))


def _place(origin: str) -> str:
    """The name and the port in a header Origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name(host: str) -> str:
    """The name in a header Host, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
