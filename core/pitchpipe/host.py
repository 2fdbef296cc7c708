"""The host: finds plugins, fences each one, and keeps what it offers with who offered it.

Built-ins and strangers come in by the same door, entry points of the group "pitchpipe", and the file
`pitchpipe_local.py` beside a recipe is a plugin too. A plugin that fails never kills the tool and is
never skipped in silence: its error is kept, shown, and repeated where a recipe asks for something
that nobody offers.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pluggy

from pitchpipe import hookspecs
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.plugin import Component, Plugin, PluginProblem, Register

LOCAL = "pitchpipe_local"


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
                    _call(implementation, {"register": Register(plugin, kind)})

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
            except (Exception, SystemExit) as error:
                if self.strict:
                    raise
                where = f"{hook} of plugin '{implementation.plugin_name}'"
                if where not in self._reported:
                    self._reported.add(where)
                    print(f"warning: {where} failed: {type(error).__name__}: {error}", file=sys.stderr)


def _call(implementation: Any, arguments: dict[str, Any]) -> None:
    """Call a hook with those of its arguments that it takes, as pluggy does."""
    implementation.function(*(arguments[name] for name in implementation.argnames))
