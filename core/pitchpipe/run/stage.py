"""A stage: one step of a run, with its sections of the recipe, its key, its work and its words."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.recipe.section import Section

if TYPE_CHECKING:
    from pitchpipe.run.directory import Run
    from pitchpipe.run.keys import KeyParts

Result = TypeVar("Result")


class Stage(Generic[Result]):
    """One step of a run. It is done once: as long as its key is the same, its result is taken from run.json.

    A stage of your own is a subclass with a `name`, a `key` and a `work`.
    """

    name: str
    after: tuple[str, ...] = ()  # stages whose results it needs, where the recipe has them
    sections: tuple[Section[Any], ...] = ()  # of the recipe
    makes: tuple[str, ...] = ()  # files and folders in the run directory
    half_done: str = ""  # a folder that it continues after a kill
    rooms: tuple[str, ...] = ()  # packages whose code decides its result; none: all of the plugin's package
    result: type | None = None  # of the result, as run.json keeps it; none: plain data

    def wanted(self, recipe: Recipe) -> bool:
        """Does the recipe ask for this stage?"""
        return any(section in recipe for section in self.sections)

    def key(self, run: "Run") -> "KeyParts":
        """All that can change the result, by names that people understand. The code of the stage and the
        version of Python are added to it."""
        raise NotImplementedError(f"stage '{self.name}' has no key")

    def work(self, run: "Run") -> Result:
        """Do it. What it `makes` is written aside with `run.fresh` and put in place with `run.keep`."""
        raise NotImplementedError(f"stage '{self.name}' does nothing")

    def tell(self, run: "Run", result: Result) -> None:
        """Show the result, of this time or of an earlier one."""

    def foretell(self, run: "Run") -> None:
        """Show what the stage will take, as soon as the stages before it are done."""

    def begins(self, run: "Run", done: bool) -> None:
        """Called before the stage is done, or found to be `done`."""

    def join(self, run: "Run") -> None:
        """Take part in the work, in a process that is not the first of its launch."""


def in_order(stages: list[Stage[Any]]) -> list[Stage[Any]]:
    """Stages, each behind those that it comes after."""
    known, ordered = {stage.name: stage for stage in stages}, dict[str, Stage[Any]]()
    for stage in stages:
        if unknown := [name for name in stage.after if name not in known]:
            raise PitchpipeError(
                f"stage '{stage.name}' comes after '{unknown[0]}', and there is no such stage."
                f"{suggest(unknown[0], known)}"
            )
    while len(ordered) < len(stages):
        left = [stage for stage in stages if stage.name not in ordered]
        ready = next((stage for stage in left if all(name in ordered for name in stage.after)), None)
        if ready is None:
            raise PitchpipeError(f"stages come after each other: {', '.join(stage.name for stage in left)}")
        ordered[ready.name] = ready
    return list(ordered.values())


def up_to(until: str, stages: list[Stage[Any]]) -> list[Stage[Any]]:
    """The stages up to the last one that is called `until`, or whose name begins with that word."""
    if not until:
        return stages
    last = [at for at, stage in enumerate(stages) if until in (stage.name, stage.name.partition(" ")[0])]
    if not last:
        names = {stage.name.partition(" ")[0] for stage in stages}
        raise PitchpipeError(f"--until {until}: no such stage.{suggest(until, names)}")
    return stages[: last[-1] + 1]
