"""A whole server in a thread, on loopback: its service lives as it does behind the command."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread

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
        begun = Event()
        thread = Thread(target=lambda: asyncio.run(life.live(opened, begun.set)))
        thread.start()
        try:
            while not begun.wait(0.1):
                assert thread.is_alive(), "the server has ended before it began"
            yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            life.should_exit = True
            thread.join()
