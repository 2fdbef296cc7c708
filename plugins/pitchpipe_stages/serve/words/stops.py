"""Texts that end an answer: what may be the beginning of one is held back, however tokens cut it."""

from collections.abc import Sequence


class StopTexts:
    """Passes a text on up to the stop text that is the first to be complete; it is no part of the answer."""

    def __init__(self, stops: Sequence[str]):
        self.stops = tuple(stop for stop in stops if stop)
        self.held = ""
        self.found = False

    def add(self, text: str, last: bool = False) -> str:
        """What is known to stand before any stop text; of the `last` one, all."""
        if self.found or not self.stops:
            return "" if self.found else text
        self.held += text
        ends = ((at + len(stop), at) for stop in self.stops if (at := self.held.find(stop)) >= 0)
        if first := min(ends, default=None):
            self.found, keep = True, len(self.held) - first[1]
        else:
            keep = 0 if last else max(map(self._begun, self.stops))
        given = self.held[: len(self.held) - keep]
        self.held = self.held[len(given) :]
        return given

    def _begun(self, stop: str) -> int:
        """How many of the last characters may be the beginning of a stop text."""
        sizes = range(min(len(stop) - 1, len(self.held)), 0, -1)
        return next((size for size in sizes if self.held.endswith(stop[:size])), 0)
