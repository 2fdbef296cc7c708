"""Connections of clients, which may be neither too slow nor too many."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

SLOWEST = 20.0  # seconds from the first byte of a request to the end of its headers
MOST = 512  # connections at a time
LARGEST_HEAD = 32 << 10  # bytes of all headers together


class ClientConnection(H11Protocol):
    """A connection that is closed where nothing comes of it."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.close()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._head:
            self._head.cancel()

    def _watch(self) -> None:
        """The headers of a request must be there in time; then its own limits hold."""
        begun = self.cycle is not None and not self.cycle.response_complete
        if begun and self._head:
            self._head.cancel()
            self._head = None
        elif not begun and not self._head:
            self._head = self.loop.call_later(SLOWEST, self.transport.close)
