"""Where requests are read: long ones in a thread, so that answers go on while a tokenizer works."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONG = 1 << 15  # bytes of a body
T = TypeVar("T")


class ReadingDesk:
    """While a long request is read, short ones are read in threads too: they may have to wait for it."""

    def __init__(self) -> None:
        self._busy = 0

    async def read(self, read: Callable[[], T], size: int) -> T:
        if size <= LONG and not self._busy:
            return read()
        self._busy += 1
        try:
            return await asyncio.to_thread(read)
        finally:
            self._busy -= 1
