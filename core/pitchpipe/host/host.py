"""The host: loads the entry points of the group "pitchpipe", and `pitchpipe_local.py` beside a recipe.

It keeps the error of a plugin that fails, and repeats it where a recipe names what nobody offers.
"""

import os
import sys
import time
from collections.abc import Callable, Set
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host import hookspecs
from pitchpipe.host.local import LOCAL, import_local
from pitchpipe.host.plugin import NAME, Command, Component, Plugin, PluginProblem

if TYPE_CHECKING:
    from pitchpipe.run.stage import Stage

OWN = "pitchpipe"  # the distribution whose plugins are always in


class Host:
    """All plugins that are in, and all that they offer."""

    def __init__(self, only: set[str] | None = None, block: Set[str] = frozenset(), strict: bool = False):
        self.only, self.block, self.strict = only, block, strict
        self.plugins, self._reported = list[Plugin](), set[str]()
        self._manager = pluggy.PluginManager("pitchpipe")
        self._manager.add_hookspecs(hookspecs)

    @classmethod
    def from_environment(cls, folder: Path | None = None, hook: str = "") -> "Host":
        """Loads the plugins that the environment allows: installed ones, and the one in `folder`. A `hook`
        leaves out modules that lack this word."""

        def names(variable: str) -> set[str]:
            return set(os.environ.get(variable, "").replace(",", " ").split())

        only = names("PITCHPIPE_PLUGINS") if "PITCHPIPE_PLUGINS" in os.environ else None
        host = cls(only, names("PITCHPIPE_BLOCK"), os.environ.get("PITCHPIPE_STRICT", "") not in ("", "0"))
        host.load_installed(hook)
        if folder and (file := folder / f"{LOCAL}.py").exists():
            host.load(Plugin(LOCAL, str(file), ""), lambda: import_local(file))
        return host

    def load_installed(self, hook: str = "") -> None:
        about = cache(lambda distribution: distribution.metadata)  # a file, read once
        entries = [(about(entry.dist), entry) for entry in entry_points(group="pitchpipe")]
        # Pitchpipe's own come first: no other plugin takes a name of theirs.
        entries.sort(key=lambda known: (known[0]["Name"] != OWN, known[1].name, known[0]["Name"]))
        for whose, entry in entries:
            if not hook or _has_word(entry.module, hook):
                self.load(Plugin(entry.name, whose["Name"], whose["Version"]), entry.load)
        known = {entry.name for _, entry in entries} | {LOCAL}
        for name in sorted(((self.only or set()) | self.block) - known):
            words = f"PITCHPIPE_PLUGINS or PITCHPIPE_BLOCK: no plugin '{name}'."
            raise PitchpipeError(words + suggest(name, known))

    def load(self, plugin: Plugin, load: Callable[[], ModuleType]) -> None:
        """Lets one plugin in. If it fails, its error is kept and nothing that it offered."""
        named = self.only is None or plugin.name in self.only or plugin.distribution == OWN
        if plugin.name in self.block or not (named or plugin.name == LOCAL):
            return
        began = time.perf_counter()
        try:
            plugin.module = load()
            self._admit(plugin)
        except (Exception, SystemExit) as error:
            plugin.error, plugin.offers, plugin.stages, plugin.commands = error, [], [], []
            if self.strict:
                raise PitchpipeError(f"{plugin} failed: {plugin.failure}") from error
        plugin.seconds = time.perf_counter() - began
        self.plugins.append(plugin)

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
    def _forgotten_marks(module: ModuleType | None) -> None:
        """Refuses a hook without its mark: pluggy would pass over it in silence."""
        for name in vars(hookspecs):
            function = getattr(module, name, None)
            if name.startswith(("register_", "on_")) and function and not hasattr(function, "pitchpipe_impl"):
                raise PluginProblem(f"the function {name} lacks its mark, @pp.hookimpl")

    def _collect(self, plugin: Plugin) -> None:
        doors: dict[str, hookspecs.Register] = {}
        doors |= {f"register_{kind}s": partial(plugin.offer, kind) for kind in hookspecs.KINDS}
        doors["register_stages"] = partial(self._offer_stage, plugin)
        doors["register_synonyms"] = lambda means, *names: plugin.synonyms.update(dict.fromkeys(names, means))
        doors["register_commands"] = partial(self._offer_command, plugin)
        for hook, register in doors.items():
            for implementation in getattr(self._manager.hook, hook).get_hookimpls():
                if implementation.plugin is plugin.module:
                    _call(implementation, {"register": register})

    def _offer_stage(self, plugin: Plugin, stage: "Stage[Any]") -> None:
        from pitchpipe.host.options import options_of

        for name, options in ((s.name, s.options) for s in stage.sections if s.options and not s.kind):
            if required := [option.name for option in options_of(options).values() if option.required]:
                raise PluginProblem(f"'{required[0]}' in the section '{name}' needs a default")
        for other in [*self.stages(), *plugin.stages]:
            if other.name == stage.name:
                raise PluginProblem(f"there is a stage '{stage.name}' already")
            if twice := {s.name for s in stage.sections} & {s.name for s in other.sections}:
                raise PluginProblem(f"the section '{min(twice)}' belongs to the stage '{other.name}'")
        plugin.stages.append(stage)

    def _offer_command(self, plugin: Plugin, name: str, help: str, target: Any) -> None:
        if not NAME.fullmatch(name.replace("-", "_")):
            raise PluginProblem(f"command {name!r}: a name is lower case letters, digits, - and _")
        if twin := next((c for c in [*self.commands(), *plugin.commands] if c.name == name), None):
            raise PluginProblem(f"the command '{name}' is taken by {twin.plugin}")
        plugin.commands.append(Command(name, help, target, plugin))

    def named(self, kind: str, name: str, by: Plugin | None = None) -> list[Component]:
        """The components that a name may mean: those of the plugin `by` that writes it, of its distribution,
        ours with those beside the recipe, or all. What is installed besides changes no name's meaning."""
        plugin_name, _, bare = name.rpartition(":")
        named = [component for component in self.all(kind) if component.name == bare]
        if plugin_name:
            return [component for component in named if component.plugin.name == plugin_name]
        own = [component for component in named if component.plugin is by]
        akin = [c for c in named if by and c.plugin.distribution == by.distribution]
        return own or akin or _ours(named) or named

    def find(self, kind: str, name: str, by: Plugin | None = None) -> Component:
        """The component of that name, or `plugin:name`. A ValueError says what stands in the way."""
        offered = self.named(kind, name, by)
        if len(offered) == 1:
            return offered[0]
        if offered:
            who = " and ".join(f"'{c.plugin.name}' ({c.plugin.origin})" for c in offered)
            how = " or ".join(f"'{c.address}'" for c in offered)
            raise ValueError(f"{len(offered)} plugins offer a {kind} '{name}': {who}. Write {how}.")
        failed = (plugin for plugin in self.plugins if plugin.error)
        failures = (f"\n  {plugin} might offer it, but failed: {plugin.failure}" for plugin in failed)
        raise ValueError(self._unknown(kind, name) + "".join(failures))

    def _unknown(self, kind: str, name: str) -> str:
        plugin_name = name.rpartition(":")[0]
        loaded = {plugin.name for plugin in self.plugins if not plugin.error}
        if plugin_name and plugin_name not in loaded:
            return f"no plugin '{plugin_name}'.{suggest(plugin_name, loaded)}"
        known = {c.address if ":" in name else c.name for c in self.all(kind)}
        return f"no {kind} '{name}'.{suggest(name, known)}"

    def synonym(self, name: str) -> str:
        """What recipes say for a name of another tool, or nothing."""
        name = name.lower().replace("-", "_")
        return next((plugin.synonyms[name] for plugin in self.plugins if name in plugin.synonyms), "")

    def default(self, kind: str, part: str) -> Component | None:
        """The component that plays a part where a recipe names none. Two of them are a ValueError."""
        offers = [component for plugin in self.plugins for component in plugin.offers]
        playing = [c for c in offers if (c.kind, c.default_for) == (kind, part)]
        found = _ours(playing) or playing
        if len(found) > 1:
            who, last = " and ".join(f"'{c.name}' of {c.plugin}" for c in found), found[-1].plugin.name
            words = f"{len(found)} plugins offer the default {kind} for {part}: {who}"
            raise ValueError(f"{words}. Leave one out: PITCHPIPE_BLOCK={last}")
        return found[0] if found else None

    def all(self, kind: str) -> list[Component]:
        offered = (component for plugin in self.plugins for component in plugin.offers)
        return sorted((c for c in offered if c.kind == kind), key=attrgetter("name"))

    def stages(self) -> list["Stage[Any]"]:
        return [stage for plugin in self.plugins for stage in plugin.stages]

    def commands(self) -> list[Command]:
        return [command for plugin in self.plugins for command in plugin.commands]

    def notify(self, hook: str, **arguments: object) -> None:
        """Tells every observer. One that crashes is reported once and the run goes on."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            try:
                _call(implementation, arguments)
            except (Exception, SystemExit) as error:
                if self.strict:
                    raise
                where = f"{hook} of plugin '{implementation.plugin_name}'"
                if where not in self._reported:
                    self._reported.add(where)
                    print(f"warning: {where} failed: {type(error).__name__}: {error}", file=sys.stderr)


def _ours(components: list[Component]) -> list[Component]:
    return [c for c in components if c.plugin.distribution == OWN or c.plugin.name == LOCAL]


def _has_word(module: str, word: str) -> bool:
    """Whether the source of a module may hold a word. It is not imported."""
    try:
        spec = find_spec(module)
        return word.encode() in Path(spec.origin or "").read_bytes() if spec else True
    except (ImportError, OSError):
        return True


def _call(implementation: pluggy.HookImpl, arguments: dict[str, object]) -> None:
    """Calls a hook with those of the arguments that it takes, as pluggy does."""
    implementation.function(*(arguments[name] for name in implementation.argnames))
