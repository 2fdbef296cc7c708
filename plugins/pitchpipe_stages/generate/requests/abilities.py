"""What a teacher may have besides its call: each is found by its method."""

from typing import Protocol, runtime_checkable

from pitchpipe.host.contracts import Ask, Models, Usage
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json


@runtime_checkable
class NamesRequest(Protocol):
    """A teacher that says itself what decides its replies: no address, no key, no questions at once. Of any
    other teacher all options do."""

    def request(self, ask: Ask, /) -> Json: ...


@runtime_checkable
class TakesModels(Protocol):
    """A teacher that is a model of this process, or of the recipe where it names no `place`."""

    place: str

    def take(self, models: Models, /) -> None: ...


@runtime_checkable
class Closes(Protocol):
    """A teacher that holds something while it is asked."""

    async def close(self) -> None: ...


@runtime_checkable
class Priced(Protocol):
    """A teacher that knows what a question costs; None: its price is not known."""

    def dollars(self, usage: Usage, /) -> float | None: ...


@runtime_checkable
class NeedsVariable(Protocol):
    """A teacher that reads a key from a variable of the environment."""

    def variable(self) -> str: ...  # its name, or nothing


def is_priced(use: Use) -> bool:
    """Whether it is known what a question to a teacher costs."""
    return isinstance(use.bound, Priced) and use.bound.dollars(Usage(0, 0)) is not None
