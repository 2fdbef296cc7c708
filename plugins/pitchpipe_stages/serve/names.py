"""How clients call what a recipe serves: models, adapters, upstreams and the router share their names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Chooses
from pitchpipe.recipe.recipe import Recipe, Use

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.document import Key
    from pitchpipe_stages.serve.sections import Serve


def name_of(told: "Serve") -> str:
    """How clients call the model of the section `serve`: that of a run by the run's name."""
    path = Path(told.model or "")
    last = path.parent.name if path.name == "model" and path.parent.name else path.name
    return told.name or last or Path.cwd().name


def place_of(recipe: Recipe, said: str) -> str:
    """Where a model lies that a recipe names: seen from the recipe's folder, or from where one is; else it is
    a name on the hub."""
    beside = recipe.folder / Path(said).expanduser()
    return str(beside) if beside.exists() and not Path(said).exists() else said


@dataclass(frozen=True)
class ServedNames:
    """The names in a recipe."""

    recipe: Recipe
    told: "Serve"
    upstreams: Sequence[Use]

    @property
    def own(self) -> list[str]:
        """Of the models that the section `serve` names; a recipe that trains serves its run."""
        if self.told.model:
            own = (name_of(self.told), *self.told.adapters, self.told.base)
            return [name for name in own if name]
        is_of_run = self.recipe.data.get("trainer") and not self.upstreams
        return [self.told.name or self.recipe.path.stem] if is_of_run else []

    @property
    def known(self) -> list[str]:
        return list(dict.fromkeys([*self.own, *(use.label for use in self.upstreams)]))

    def check_upstreams(self, checker: "Checker") -> None:
        """A name stands for one thing."""
        for use in self.upstreams:
            if use.label in self.own:
                words = (
                    f"the section `serve` gives the name '{use.label}' to a model of its own: choose another"
                )
                checker.problem(("upstreams", use.label), words)

    def check_router(self, checker: "Checker", router: Use) -> None:
        """A router chooses among those that are there."""
        if self.told.routed in self.known:
            words = (
                f"'{self.told.routed}' is how clients let the router choose: serve.routed names another word"
            )
            is_upstream = self.told.routed in (self.recipe.data.get("upstreams") or {})
            checker.problem(("upstreams", self.told.routed) if is_upstream else ("serve",), words)
        for name in router.bound.choices if isinstance(router.bound, Chooses) else ():
            if name not in self.known:
                where = next(_written(name, self.recipe.data["router"], ("router",)), ("router",))
                nothing = " There is neither `serve: {model: ...}` nor `upstreams`."
                checker.problem(where, f"no upstream '{name}'.{suggest(name, self.known) or nothing}")


def _written(name: str, value: Any, at: "Key") -> "Iterator[Key]":
    """Where a recipe writes a name, as a key or as a value."""
    if value == name:
        yield at
    entries: Any = value.items() if isinstance(value, dict) else ()
    entries = enumerate(value, 1) if isinstance(value, list) else entries
    for key, inner in entries:
        if key == name:
            yield (*at, key)
        yield from _written(name, inner, (*at, key))
