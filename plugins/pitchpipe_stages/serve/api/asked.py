"""What a client asked in one HTTP request, and the books of its answers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, Struct

from pitchpipe.host.serving import Request, Said
from pitchpipe_stages.serve.api.shapes import Envelope, Shape, ThoughtCount, UsageNumbers


@dataclass
class ClientAsk:
    """A client's prompts, how their answers are written, and how much of them was heard."""

    id: str
    model: str
    requests: Sequence[Request]
    shape: Shape
    usage: bool = False  # of a stream: whether its last chunk counts tokens
    created: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self._read = sum(len(request.ids) for request in self.requests)
        self._written = self._thought = 0
        self._open = set(range(sum(request.wish.count for request in self.requests)))

    def hear(self, said: Said) -> None:
        self._read += said.read
        self._written += said.tokens
        self._thought += said.thought
        if said.end:
            self._open.discard(said.index)

    def finish(self) -> None:
        """Every answer must have said how it ended."""
        if self._open:
            raise RuntimeError(f"{self.id}: nothing said how the answers {sorted(self._open)} ended")

    def counted(self) -> UsageNumbers:
        thought = ThoughtCount(self._thought) if self._thought else None
        return UsageNumbers(self._read, self._written, self._read + self._written, thought)

    def whole(self, choices: Sequence[Struct]) -> Envelope:
        return self._envelope(self.shape.whole, choices, self.counted())

    def chunk(self, choices: Sequence[Struct], usage: UsageNumbers | None = None) -> Envelope:
        return self._envelope(self.shape.chunk, choices, usage if self.usage else UNSET)

    def _envelope(self, name: str, choices: Sequence[Struct], usage: Any) -> Envelope:
        return Envelope(self.id, name, self.created, self.model, choices, usage=usage)
