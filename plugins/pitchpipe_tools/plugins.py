"""pitchpipe plugins: the installed plugins and their offers."""

import json
from pathlib import Path

import click

from pitchpipe.host.host import Host
from pitchpipe.host.plugin import Component, Plugin
from pitchpipe_stages.console import RichConsole


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def plugins(as_json: bool) -> None:
    """List the plugins that are installed, what each offers, and those that failed to load.

    A file pitchpipe_local.py in this folder is a plugin too. Three environment variables decide what
    is loaded: PITCHPIPE_PLUGINS=a,b loads only these plugins of other distributions,
    PITCHPIPE_BLOCK=a,b leaves these out, and PITCHPIPE_STRICT=1 stops at the first plugin that fails.
    """
    host = Host.from_environment(Path.cwd())
    if as_json:
        click.echo(json.dumps([_record(host, plugin) for plugin in host.plugins], indent=2))
    else:
        _print(host)


def _record(host: Host, plugin: Plugin) -> dict[str, object]:
    """A plugin as JSON."""
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "offers": _offers(host, plugin),
        "hooks": plugin.hooks,
        "milliseconds": round(plugin.seconds * 1000, 1),
        "error": plugin.failure or None,
    }


def _offers(host: Host, plugin: Plugin) -> dict[str, list[str]]:
    """The names of components, as recipes write them, and of stages and commands, by kind."""
    offers: dict[str, list[str]] = {}
    named = [(component.kind, as_written(host, component)) for component in plugin.offers]
    named += [("stage", stage.name) for stage in plugin.stages]
    named += [("command", command.name) for command in plugin.commands]
    for kind, name in named:
        offers.setdefault(kind, []).append(name)
    return offers


def as_written(host: Host, component: Component) -> str:
    """Its name, or `plugin:name` where the name means another one."""
    meant = host.named(component.kind, component.name)
    return component.name if component in meant and len(meant) == 1 else component.address


def _print(host: Host) -> None:
    console = RichConsole()
    rows = [_line(host, plugin) for plugin in host.plugins if not plugin.error]
    console.table("", ["plugin", "from", "offers", "load time"], rows, left=3)
    for plugin in host.plugins:
        if plugin.error:
            console.plain(f"failed: {plugin}: {plugin.failure}")


def _line(host: Host, plugin: Plugin) -> list[str]:
    offers = "; ".join(f"{kind}s {', '.join(names)}" for kind, names in _offers(host, plugin).items())
    watches = ", ".join(hook for hook in plugin.hooks if hook.startswith("on_"))
    return [plugin.name, plugin.origin, offers or f"watches {watches}", f"{plugin.seconds * 1000:.1f} ms"]
