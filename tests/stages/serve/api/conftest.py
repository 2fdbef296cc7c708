"""A real server over loopback, with an upstream that repeats what it is asked."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.life import ServerLife
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.api.parrot import NAMES, Parrot


@dataclass
class Served:
    """A server that runs, and what stands behind it."""

    port: int
    parrot: Parrot
    service: ServingService
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Any:
        """The request that the upstream read last."""
        return self.parrot.asked[-1]


@contextmanager
def serving(service: ServingService, serve: Serve | None = None, **pages: Any) -> Iterator[tuple[int, Any]]:
    """A server in a thread, until the end: its port and its loop."""
    server, loop = ServerLife(service, app_of(service, serve, pages), 1), asyncio.new_event_loop()
    with socket.create_server(("127.0.0.1", 0)) as opened:
        thread = threading.Thread(target=lambda: loop.run_until_complete(server.live(opened, lambda: None)))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server has ended before it began"
                time.sleep(0.01)
            yield opened.getsockname()[1], loop
        finally:
            server.should_exit = True
            thread.join()
            loop.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: Any) -> Iterator[Served]:
    parrot = Parrot()
    service = ServingService(dict.fromkeys(NAMES, parrot), Path(tmp_path_factory.mktemp("served")))
    with serving(service, Serve(max_body=200_000, max_tokens=4096, max_messages=20)) as (port, loop):
        yield Served(port, parrot, service, loop)
