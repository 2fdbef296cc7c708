"""Server-sent events, out of bytes that come in any pieces."""

import re
from collections.abc import AsyncGenerator, AsyncIterable, Iterator

LONGEST = 8 << 20  # bytes of an event
_BREAK = re.compile(rb"\r\n|\n|\r")


class EventTooLong(Exception):
    """More bytes than any event has."""


class EventReader:
    """The data of events; all else that they hold is passed over. A line ends by \\n, by \\r or by both."""

    def __init__(self) -> None:
        self._rest, self._data = b"", list[bytes]()

    def add(self, piece: bytes) -> Iterator[str]:
        """The data of the events that are whole now."""
        whole = self._rest + piece
        held = whole.endswith(b"\r")  # its \n may come with the next piece
        *lines, self._rest = _BREAK.split(whole[:-1] if held else whole)
        self._rest += b"\r" * held
        for line in lines:
            yield from self._line(line)
        if len(self._rest) + sum(map(len, self._data)) > LONGEST:
            raise EventTooLong

    def finish(self) -> Iterator[str]:
        """The last event, where its empty line has not come."""
        yield from self._line(self._rest.rstrip(b"\r"))
        yield from self._line(b"")

    def _line(self, line: bytes) -> Iterator[str]:
        name, _, value = line.removeprefix(b"\xef\xbb\xbf").partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif not line and self._data:
            data, self._data = b"\n".join(self._data), []
            yield data.decode("utf-8", "replace")


async def events_in(pieces: AsyncIterable[bytes]) -> AsyncGenerator[str]:
    """The data of all events of a stream."""
    reader = EventReader()
    async for piece in pieces:
        for data in reader.add(piece):
            yield data
    for data in reader.finish():
        yield data
