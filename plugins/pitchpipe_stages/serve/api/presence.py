"""Notices that a client has left, and ends what is done for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.types import Receive


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@asynccontextmanager
async def while_there(receive: Receive) -> AsyncIterator[None]:
    """What is done within ends with ClientGone as soon as the client closes its connection."""
    working, gone = asyncio.current_task(), False
    assert working

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        working.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone and not working.uncancel():
            raise ClientGone from None
        raise
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
