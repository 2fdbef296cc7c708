"""A checked recipe: the value of each section."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pitchpipe.errors import Problem
from pitchpipe.host.host import Host
from pitchpipe.host.plugin import Component
from pitchpipe.recipe.section import Section
from pitchpipe.records.conversation import Json

Value = TypeVar("Value")


@dataclass(frozen=True)
class Use:
    """A component as a recipe uses it, bound to its checked options."""

    component: Component
    options: Json
    bound: Any
    place: str
    label: str  # its name as the recipe writes it, with a number if it comes again
    shared: Json = field(default_factory=dict)  # options that all of the section have
    inner: tuple["Use", ...] = ()  # components that its options name

    @property
    def name(self) -> str:
        return self.component.name

    def uses(self) -> Iterator["Use"]:
        """Yields itself and the components that its options name."""
        yield self
        for use in self.inner:
            yield from use.uses()


class Recipe:
    """A checked recipe. `recipe[SECTION]` is the value of a section: None or empty where it is left out."""

    def __init__(self, path: Path, data: Json, host: Host):
        self.path, self.data, self.host = path, data, host
        self._values: Json = {}
        self.hints: list[Problem] = []  # what is unusual, and no mistake

    def __getitem__(self, section: Section[Value]) -> Value:
        return self._values[section.name]

    def __setitem__(self, section: Section[Value], value: Value) -> None:
        self._values[section.name] = value

    def __contains__(self, section: Section[object]) -> bool:
        """Whether the recipe has this section and it is not empty."""
        return bool(self.data.get(section.name))

    @property
    def folder(self) -> Path:
        return self.path.parent.resolve()

    def uses(self) -> Iterator[Use]:
        """Every component in use, in the order in which data meets them."""
        for value in self._values.values():
            for entry in value if isinstance(value, list) else [value]:
                if hasattr(entry, "uses"):
                    yield from entry.uses()

    def missing(self, uses: Iterable[Use] = ()) -> list[str]:
        """A line for each component (all, or some) that lacks a package: its place, the package, the cure."""
        return [
            f"{use.place}: {use.component.kind} '{use.name}' needs {' and '.join(gone)}: {use.component.cure}"
            for use in uses or self.uses()
            if (gone := use.component.missing())
        ]
