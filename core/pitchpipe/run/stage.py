"""Stages: the steps of a run, and their order."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.recipe.section import Section

if TYPE_CHECKING:
    from pitchpipe.run.directory import Run

Result = TypeVar("Result")


class Stage(Generic[Result]):
    """One step of a run: a subclass with `name`, `key` and `work`. Its result lasts until its key changes."""

    name: str
    after: tuple[str, ...] = ()  # stages whose results it needs, where the recipe has them
    sections: tuple[Section[object], ...] = ()  # of the recipe
    makes: tuple[str, ...] = ()  # files and folders in the run directory
    keeps: tuple[str, ...] = ()  # put aside when the stage is done again; nothing if the first is not there
    half_done: str = ""  # a folder that it continues after a kill
    rooms: tuple[str, ...] = ()  # packages whose code decides its result; none: all of the plugin's package
    result: type | None = None  # of the result, as run.json keeps it; none: plain data

    def wanted(self, recipe: Recipe) -> bool:
        """Whether the recipe asks for this stage."""
        return any(section in recipe for section in self.sections)

    def key(self, run: "Run") -> Mapping[str, object]:
        """All that can change the result, plain data by names that people know. Code and Python are added."""
        raise NotImplementedError(f"stage '{self.name}' has no key")

    def work(self, run: "Run") -> Result:
        """Makes the result. `run.fresh` gives a folder to write into, `run.keep` puts it in place."""
        raise NotImplementedError(f"stage '{self.name}' does nothing")

    def goes_on(self, run: "Run", changed: list[str]) -> tuple[bool, str]:
        """Whether what is half done still counts where these parts of the key have changed; words of it."""
        return not changed, "" if changed else "where it was left"

    def tell(self, run: "Run", result: Result) -> None:
        """Shows the result, new or recorded."""

    def foretell(self, run: "Run") -> None:
        """Shows what the stage will take, when the stages before it are done."""

    def begins(self, run: "Run", done: bool) -> None:
        """Prepares for the work, or for a result that is `done`."""

    def join(self, run: "Run") -> None:
        """Takes part in the work, in each process of a launch but the first."""


def in_order(stages: list[Stage[Any]]) -> list[Stage[Any]]:
    """Stages, each behind those that it comes after."""
    names = {stage.name for stage in stages}
    for stage in stages:
        for unknown in (name for name in stage.after if name not in names):
            words = f"stage '{stage.name}' comes after '{unknown}', and there is no such stage."
            raise PitchpipeError(words + suggest(unknown, names))
    ordered, left = list[Stage[Any]](), stages
    while left:
        waiting = {stage.name for stage in left}
        ready = next((stage for stage in left if waiting.isdisjoint(stage.after)), None)
        if ready is None:
            raise PitchpipeError(f"stages come after each other: {', '.join(stage.name for stage in left)}")
        ordered, left = [*ordered, ready], [stage for stage in left if stage is not ready]
    return ordered


def up_to(until: str, stages: list[Stage[Any]]) -> list[Stage[Any]]:
    """The stages up to the last one that is called `until`, or whose name begins with that word."""
    if not until:
        return stages
    words = [stage.name.partition(" ")[0] for stage in stages]
    last = [at for at, stage in enumerate(stages) if until in (stage.name, words[at])]
    if not last:
        raise PitchpipeError(f"--until {until}: no such stage.{suggest(until, set(words))}")
    return stages[: last[-1] + 1]
