"""From the engine's thread to an event loop: what is told in one step wakes the loop once."""

from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from typing import Any


class Outbox:
    """Calls that are made in the loop, in order."""

    def __init__(self, loop: AbstractEventLoop):
        self.loop = loop
        self._calls = deque[tuple[Callable[[Any], None], Any]]()
        self._woken = False

    def put(self, call: Callable[[Any], None], value: Any) -> None:
        """From any thread."""
        self._calls.append((call, value))
        if not self._woken:
            self._woken = True
            self.loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._woken = (
            False  # before the calls: one that comes now may wake the loop for nothing, none is lost
        )
        while self._calls:
            call, value = self._calls.popleft()
            call(value)
