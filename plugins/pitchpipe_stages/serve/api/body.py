"""The body of a request: read with a limit while it comes. It is JSON, whatever its content type says."""

from typing import Any

import msgspec
from fastapi import Request
from starlette.requests import ClientDisconnect

from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Json

DEEPEST = 64  # lists and objects within each other
OVERFLOW = 16  # times the limit: so much of what is too large is passed over, that the client hears of it
_BOM = b"\xef\xbb\xbf"


class BodyTooLarge(Declined):
    """A body of more bytes than may be. `endless`: nobody reads the rest of it."""

    def __init__(self, most: int, endless: bool):
        super().__init__(413, f"the body has more than {most:,} bytes, the most here", code="body_too_large")
        self.endless = endless


async def body_of(request: Request, most: int) -> Json:
    """The JSON object that a client sent, of so many bytes at most."""
    packed = request.headers.get("content-encoding", "identity")
    if packed != "identity":
        raise Declined(415, f"the body is packed as {packed}; send it as it is", code="unsupported_encoding")
    raw = await _bytes(request, most)
    request.state.size = len(raw)
    return _read(raw)


async def _bytes(request: Request, most: int) -> bytes:
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said) > most:
        raise BodyTooLarge(most, int(said) > OVERFLOW * most)
    read, size = bytearray(), 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= most:
                read += part
            elif size > OVERFLOW * most:
                raise BodyTooLarge(most, endless=True)
    except ClientDisconnect:
        raise Declined(499, "the client left before it had sent all", code="client_left") from None
    if size > most:
        raise BodyTooLarge(most, endless=False)
    return bytes(read)


def _read(raw: bytes) -> Json:
    raw = raw.removeprefix(_BOM)
    if not raw.strip():
        raise Declined(400, "the body is empty; send a JSON object", code="invalid_json")
    try:
        body = msgspec.json.decode(raw)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Declined(400, f"the body is no JSON in UTF-8: {error}", code="invalid_json") from None
    if not isinstance(body, dict):
        raise Declined(400, "the body must be a JSON object, as in {...}", code="invalid_json")
    if raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _check_depth(body)
    return body


def _check_depth(body: Json) -> None:
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    if level:
        raise _too_deep()


def _too_deep() -> Declined:
    return Declined(400, f"the body has more than {DEEPEST} objects or lists within each other")
