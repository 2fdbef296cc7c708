"""Calls of tools in an answer: what may be one is held back until the answer ends."""

from pitchpipe.records.conversation import Json


class HeldCalls:
    """Passes words on up to the first call."""

    def __init__(self) -> None:
        self.found: list[Json] = []
        self.held = ""

    @property
    def behind(self) -> int:
        return len(self.held)

    def add(self, text: str, last: bool = False) -> str:
        return text
