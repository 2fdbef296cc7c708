"""What components take from a hub: each name, with the commit that it means now."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from pitchpipe.recipe.recipe import Use
from pitchpipe.run.keys import KeyParts


@runtime_checkable
class TakesFromHub(Protocol):
    """A component whose work depends on what a hub holds under a name."""

    def commits(self) -> dict[str, str]: ...


def commits(uses: Iterable[Use]) -> KeyParts:
    """The parts of a key for all that some components, and those inside them, take from a hub."""
    parts: KeyParts = {}
    for use in (inner for outer in uses for inner in outer.uses()):
        if isinstance(use.bound, TakesFromHub):
            parts |= use.bound.commits()
    return parts
