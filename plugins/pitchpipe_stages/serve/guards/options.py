"""The options that all guards of a recipe have."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

Side = Literal["input", "output"]
SORRY = "I cannot help with that."


@dataclass(frozen=True)
class GuardOptions:
    """Options of every guard."""

    on: Annotated[
        Annotated[tuple[Side, ...], Meta(min_length=1)] | None,
        Meta(description="input: what clients send; output: what is answered; left out: as suits the guard"),
    ] = None
    window: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="characters of a stream that are held back; left out: the longest that it finds"),
    ] = None
    answer: Annotated[str, Meta(description="what a client is told whose request is refused")] = SORRY
