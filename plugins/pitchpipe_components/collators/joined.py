"""Documents one after the other in a single row, with the numbers that keep them apart. Nothing is padded."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from pitchpipe import Example, TooLong
from pitchpipe_components.collators.isolation import isolated
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.collators.rows import joined

Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Joined:
    """What `packed` and `flattened` share: documents in one row, kept apart. Each has a plan of its own."""

    length: Annotated[Positive, Meta(description="the most tokens of a conversation")] = 2048
    too_long: TooLong = "drop"

    def __call__(self, examples: list[Example], pad: int) -> dict[str, Any]:
        """One example a row, for those who want to know each one's own numbers."""
        return Padded()(examples, pad)

    def join(self, examples: list[Example], pad: int) -> dict[str, Any]:
        return joined(examples)

    def room(self, lengths: Sequence[int]) -> int:
        return sum(lengths)  # nothing is padded

    def isolated(self, model: Any) -> AbstractContextManager[dict[str, str]]:
        return isolated(model)
