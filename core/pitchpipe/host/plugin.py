"""A plugin, and what it offers: components, stages, commands."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pitchpipe.host.options import Option
    from pitchpipe.records.conversation import Json

NAME = re.compile(r"[a-z][a-z0-9_]*")
OWN = Path(__file__).parents[1]


class PluginProblem(Exception):
    """A plugin that loads but would be silently useless."""


class Profile:
    """Filters that a recipe takes in by one name: pp.profile([{"length": {"min_words": 2}}], "...")."""

    data_of = "filter"

    def __init__(self, entries: "list[str | Json]", description: str):
        self.entries, self.__doc__ = entries, description


profile = Profile


@dataclass(frozen=True)
class Component:
    """A component that a plugin offers under a name."""

    kind: str
    name: str
    call: Any
    plugin: "Plugin"
    needs: tuple[str, ...] = ()
    extra: str = ""
    default_for: str = ""  # the part that it plays where a recipe names nothing

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}' of {self.plugin}"

    @property
    def address(self) -> str:
        return f"{self.plugin.name}:{self.name}"

    @cached_property
    def options(self) -> "dict[str, Option]":
        from pitchpipe.host.options import options_of

        return options_of(self.call) if self.is_code else {}

    @property
    def description(self) -> str:
        return (inspect.getdoc(self.call) or "") if self.is_code or isinstance(self.call, Profile) else ""

    @property
    def summary(self) -> str:
        return self.description.partition("\n")[0]

    @property
    def is_code(self) -> bool:
        """A function or a class. A template that is data, or a profile, has no options."""
        return hasattr(self.call, "__qualname__")

    def missing(self) -> list[str]:
        """The modules that it needs and that are not installed."""
        return [module for module in self.needs if find_spec(module.partition(".")[0]) is None]

    @property
    def cure(self) -> str:
        """The command that installs what is missing."""
        extra = f"'{self.plugin.distribution}[{self.extra}]'" if self.extra else ""
        return f"pip install {extra or ' '.join(self.missing())}"


@dataclass(frozen=True)
class Command:
    """A command of the command line: a click command, or the text "module:attribute" that names one."""

    name: str
    help: str
    target: Any
    plugin: "Plugin"


@dataclass(eq=False)
class Plugin:
    """One plugin: its origin, its offers, and its error if it failed."""

    name: str
    distribution: str
    version: str
    module: ModuleType | None = None
    offers: list[Component] = field(default_factory=list)
    stages: list[Any] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    synonyms: dict[str, str] = field(default_factory=dict)  # what other tools say: what recipes say
    hooks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    error: BaseException | None = None

    def __str__(self) -> str:
        return f"plugin '{self.name}' ({self.origin})"

    @property
    def origin(self) -> str:
        return f"{self.distribution} {self.version}".strip()

    @property
    def failure(self) -> str:
        """The error in one line, with the plugin's own line where it happened."""
        import traceback

        if self.error is None:
            return ""
        frames = [f for f in traceback.extract_tb(self.error.__traceback__) if "importlib" not in f.filename]
        outside = [f for f in frames if not Path(f.filename).is_relative_to(OWN)]
        place = f" ({outside[-1].filename}:{outside[-1].lineno})" if outside else ""
        return f"{type(self.error).__name__}: {self.error}{place}"

    def offer(
        self,
        kind: str,
        name: str,
        component: Callable[..., object],
        needs: tuple[str, ...] | str = (),
        extra: str = "",
        default_for: str = "",
    ) -> None:
        """Offers a component: the function that `register_<kind>s` is given."""
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            raise PluginProblem(f"{kind} {name!r}: a name is lower case letters, digits and _")
        if not callable(component) and getattr(component, "data_of", "") != kind:
            raise PluginProblem(f"{kind} '{name}': a component is callable, not {component!r}")
        if any(c.kind == kind and c.name == name for c in self.offers):
            raise PluginProblem(f"{kind} '{name}' is offered twice")
        needs = (needs,) if isinstance(needs, str) else tuple(needs)
        offered = Component(kind, name, component, self, needs, extra, default_for)
        for option in offered.options.values():
            if problem := option.problem():
                raise PluginProblem(f"{kind} '{name}': option '{option.name}': {problem}")
        self.offers.append(offered)
