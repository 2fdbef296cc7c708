"""A whole server in a thread, on loopback: its service lives as it does behind the command."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from pitchpipe_stages.serve.access import Access, AccessRules
from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.life import ServerLife
from pitchpipe_stages.serve.service import ServingService

Pages = Mapping[str, Callable[[], str]]


@contextmanager
def running(
    service: ServingService, pages: Pages | None = None, rules: AccessRules | None = None
) -> Iterator[str]:
    """The address of a server that runs until the end."""
    app = Access(app_of(service, pages=pages), rules or AccessRules(), service.responded)
    life = ServerLife(service, app, 1)
    with socket.create_server(("127.0.0.1", 0)) as opened:
        thread = Thread(target=lambda: asyncio.run(life.live(opened)))
        thread.start()
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            life.should_exit = True
            thread.join()
