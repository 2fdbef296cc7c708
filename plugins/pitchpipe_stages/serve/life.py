"""The life of a server. It ends well: what runs is finished, and nothing new is taken."""

import asyncio
import logging
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.serve.connections import LARGEST_HEAD, ClientConnection
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_stages.serve.sockets import why_not

SLACK = 3  # seconds in which the errors of answers that were cut off still reach their clients
QUIET = 5  # seconds that a connection may be silent between two requests


class ServerLife(uvicorn.Server):
    """A server until a signal: the first one lets it end well, the second at once."""

    def __init__(self, service: ServingService, app: Any, grace: float):
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, server_header=False, ws="none",
            http=ClientConnection, h11_max_incomplete_event_size=LARGEST_HEAD, timeout_keep_alive=QUIET,
            timeout_graceful_shutdown=int(grace) + SLACK,
        )  # fmt: skip
        super().__init__(config)
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # clients that send nonsense are no news
        self.service, self.grace, self.signal = service, grace, 0

    async def live(self, opened: socket.socket, begun: Callable[[], None]) -> int:
        """From its first moment to the last: the exit code. `begun` is called when it is about to listen."""
        self._loop = asyncio.get_running_loop()
        await self.service.begin()
        try:
            begun()
            await self._listen(opened)
        finally:
            await self.service.close()
        return 128 + self.signal if self.force_exit else 0

    async def _listen(self, opened: socket.socket) -> None:
        host, port = opened.getsockname()[:2]
        try:
            await self.serve([opened])
        except OSError as error:  # another server was quicker, at the same port
            raise PitchpipeError(why_not(host, port, error)) from None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal: nothing new, and those inside have some time. The second: no time."""
        if self.should_exit:
            self.force_exit, self.signal = True, sig
            self._loop.call_soon_threadsafe(self.service.grace.end)
            return
        self.should_exit = True
        self._loop.call_soon_threadsafe(self.service.drain, self.grace)
