"""The host: finds plugins, fences each one, and keeps what it offers with who offered it.

Built-ins and strangers come in by the same door, entry points of the group "pitchpipe", and the file
`pitchpipe_local.py` beside a recipe is a plugin too. A plugin that fails never kills the tool and is
never skipped in silence: its error is kept, shown, and repeated where a recipe asks for something
that nobody offers.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pluggy

from pitchpipe import hookspecs
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.options import Option, options_of

LOCAL = "pitchpipe_local"


@dataclass(frozen=True)
class Component:
    """Something that a plugin offers under a name."""

    kind: str
    name: str
    call: Any
    plugin: "Plugin"
    needs: tuple[str, ...] = ()
    extra: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}' of {self.plugin}"

    @property
    def address(self) -> str:
        return f"{self.plugin.name}:{self.name}"

    @cached_property
    def options(self) -> dict[str, Option]:
        return options_of(self.call)

    @property
    def description(self) -> str:
        import inspect

        return (inspect.getdoc(self.call) or "") if self.is_code else ""

    @property
    def summary(self) -> str:
        return self.description.partition("\n")[0]

    @property
    def is_code(self) -> bool:
        """A function or a class; a template that is data says nothing of itself and stands in its plugin."""
        return hasattr(self.call, "__qualname__")

    @property
    def place(self) -> tuple[str, int]:
        """The file and line where it is written."""
        import inspect

        if not self.is_code:
            return getattr(self.plugin.module, "__file__", None) or "", 1
        return inspect.getsourcefile(self.call) or "", inspect.getsourcelines(self.call)[1]

    def missing(self) -> list[str]:
        """Modules that it needs and that are not installed."""
        from importlib.util import find_spec

        return [module for module in self.needs if find_spec(module) is None]

    @property
    def cure(self) -> str:
        if self.extra:
            return f"pip install '{self.plugin.distribution}[{self.extra}]'"
        return f"pip install {' '.join(self.missing())}"


@dataclass(eq=False)
class Plugin:
    """One plugin: where it comes from, what it offers, and why it failed if it did."""

    name: str
    distribution: str
    version: str
    module: Any = None
    offers: list[Component] = field(default_factory=list)
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
        """The original error in one line, with the plugin's own line where it happened."""
        import traceback

        if self.error is None:
            return ""
        frames = [f for f in traceback.extract_tb(self.error.__traceback__) if "importlib" not in f.filename]
        outside = [f for f in frames if os.path.dirname(__file__) != os.path.dirname(f.filename)]
        place = f" ({outside[-1].filename}:{outside[-1].lineno})" if outside else ""
        return f"{type(self.error).__name__}: {self.error}{place}"


class PluginProblem(Exception):
    """A plugin that loads but would be silently useless."""


class Host:
    """All plugins that are in, and all components that they offer."""

    def __init__(self, only: set[str] | None = None, block: set[str] = frozenset(), strict: bool = False):  # type: ignore[assignment]
        self.only, self.block, self.strict = only, block, strict
        self.plugins: list[Plugin] = []
        self._offered: dict[str, dict[str, list[Component]]] = {kind: {} for kind in hookspecs.KINDS}
        self._manager = pluggy.PluginManager("pitchpipe")
        self._manager.add_hookspecs(hookspecs)
        self._passed_over: set[str] = set()
        self._reported: set[str] = set()

    @classmethod
    def from_environment(cls, folder: Path | None = None) -> "Host":
        """Installed plugins and the one in `folder`, as PITCHPIPE_PLUGINS, _BLOCK and _STRICT allow."""

        def names(variable: str) -> set[str]:
            return {name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()}

        only = names("PITCHPIPE_PLUGINS") if "PITCHPIPE_PLUGINS" in os.environ else None
        host = cls(only, names("PITCHPIPE_BLOCK"), os.environ.get("PITCHPIPE_STRICT", "") not in ("", "0"))
        host.load_installed()
        if folder and (folder / f"{LOCAL}.py").exists():
            host.load_file(folder / f"{LOCAL}.py")
        return host

    # --- Loading ---------------------------------------------------------------------------------

    def load_installed(self) -> None:
        from importlib.metadata import entry_points

        def order(entry: Any) -> tuple[str, str]:
            return entry.name, entry.dist.name

        for entry in sorted(entry_points(group="pitchpipe"), key=order):
            assert entry.dist
            self.load(Plugin(entry.name, entry.dist.name, entry.dist.version), entry.load)
        loaded = {plugin.name for plugin in self.plugins}
        known = loaded | self._passed_over | {LOCAL}
        if unknown := ((self.only or set()) | self.block) - known:
            name = min(unknown)
            raise PitchpipeError(
                f"PITCHPIPE_PLUGINS or PITCHPIPE_BLOCK: no plugin '{name}'.{suggest(name, known)}"
            )

    def load_file(self, path: Path) -> None:
        """The plugin beside a recipe, which needs no packaging."""

        def load() -> Any:
            from importlib.util import module_from_spec, spec_from_file_location

            spec = spec_from_file_location(LOCAL, path)
            assert spec and spec.loader
            module = sys.modules[LOCAL] = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

        self.load(Plugin(LOCAL, str(path), ""), load)

    def load(self, plugin: Plugin, load: Callable[[], Any]) -> None:
        """Let one plugin in, behind a fence: what it raises is kept, and nothing it offered stays."""
        if plugin.name in self.block or (self.only is not None and plugin.name not in self.only):
            self._passed_over.add(plugin.name)
            return
        began = time.perf_counter()
        try:
            plugin.module = load()
            self._admit(plugin)
        except (Exception, SystemExit) as error:
            plugin.error, plugin.offers = error, []
            if self.strict:
                raise PitchpipeError(f"{plugin} failed: {plugin.failure}") from error
        plugin.seconds = time.perf_counter() - began
        self.plugins.append(plugin)
        for component in plugin.offers:
            self._offered[component.kind].setdefault(component.name, []).append(component)

    def _admit(self, plugin: Plugin) -> None:
        if twin := next((p for p in self.plugins if p.name == plugin.name), None):
            raise PluginProblem(f"the name '{plugin.name}' is taken by {twin.origin}")
        self._forgotten_marks(plugin.module)
        self._manager.register(plugin.module, plugin.name)
        try:
            self._manager.check_pending()
            callers = self._manager.get_hookcallers(plugin.module) or []
            plugin.hooks = sorted(caller.name for caller in callers)
            if not callers:
                raise PluginProblem("it defines no hook: is @pp.hookimpl missing?")
            self._collect(plugin)
        except BaseException:
            self._manager.unregister(plugin.module)
            raise

    @staticmethod
    def _forgotten_marks(module: Any) -> None:
        """pluggy passes over a hook without its mark in silence."""
        for name in vars(hookspecs):
            function = getattr(module, name, None)
            if name.startswith(("register_", "on_")) and function and not hasattr(function, "pitchpipe_impl"):
                raise PluginProblem(f"the function {name} lacks its mark, @pp.hookimpl")

    def _collect(self, plugin: Plugin) -> None:
        for kind, hook in hookspecs.KINDS.items():
            for implementation in self._implementations(hook):
                if implementation.plugin is plugin.module:
                    _call(implementation, {"register": _Register(plugin, kind)})

    def _implementations(self, hook: str) -> list[Any]:
        return getattr(self._manager.hook, hook).get_hookimpls()

    # --- Finding ---------------------------------------------------------------------------------

    def find(self, kind: str, name: str) -> Component:
        """The component of that name, or `plugin:name`. A ValueError says what stands in the way."""
        plugin_name, _, bare = name.rpartition(":")
        offered = self._offered[kind].get(bare, [])
        if plugin_name:
            offered = [component for component in offered if component.plugin.name == plugin_name]
        if len(offered) == 1:
            return offered[0]
        if offered:
            who = " and ".join(f"'{c.plugin.name}' ({c.plugin.origin})" for c in offered)
            how = " or ".join(f"'{c.address}'" for c in offered)
            raise ValueError(f"{len(offered)} plugins offer a {kind} '{name}': {who}. Write {how}.")
        loaded = [plugin.name for plugin in self.plugins if not plugin.error]
        if plugin_name and plugin_name not in loaded:
            raise ValueError(f"no plugin '{plugin_name}'.{suggest(plugin_name, loaded)}{self._failures()}")
        raise ValueError(f"no {kind} '{name}'.{self._nearest(kind, name)}{self._failures()}")

    def all(self, kind: str) -> Iterator[Component]:
        for _, offered in sorted(self._offered[kind].items()):
            yield from offered

    def _nearest(self, kind: str, name: str) -> str:
        """A near name, or else all; a name offered twice is known by its addresses."""
        known = {c.address if ":" in name else bare for bare, cs in self._offered[kind].items() for c in cs}
        return suggest(name, known)

    def _failures(self) -> str:
        failed = [plugin for plugin in self.plugins if plugin.error]
        return "".join(f"\n  {p} might offer it, but failed: {p.failure}" for p in failed)

    # --- Watching --------------------------------------------------------------------------------

    def notify(self, hook: str, **arguments: Any) -> None:
        """Tell every observer. One that crashes is reported once and the run goes on."""
        for implementation in self._implementations(hook):
            try:
                _call(implementation, arguments)
            except Exception as error:
                if self.strict:
                    raise
                where = f"{hook} of plugin '{implementation.plugin_name}'"
                if where not in self._reported:
                    self._reported.add(where)
                    print(f"warning: {where} failed: {type(error).__name__}: {error}", file=sys.stderr)


@dataclass
class _Register:
    """What a plugin calls to offer a component."""

    plugin: Plugin
    kind: str

    def __call__(self, name: str, component: Any, needs: tuple[str, ...] = (), extra: str = "") -> None:
        if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            raise PluginProblem(f"{self.kind} {name!r}: a name is lower case letters, digits and _")
        if not callable(component):
            raise PluginProblem(f"{self.kind} '{name}': a component is callable, not {component!r}")
        if any(c.kind == self.kind and c.name == name for c in self.plugin.offers):
            raise PluginProblem(f"{self.kind} '{name}' is offered twice")
        self.plugin.offers.append(Component(self.kind, name, component, self.plugin, tuple(needs), extra))


def _call(implementation: Any, arguments: dict[str, Any]) -> None:
    """Call a hook with those of its arguments that it takes, as pluggy does."""
    implementation.function(*(arguments[name] for name in implementation.argnames))
