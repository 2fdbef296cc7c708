"""pitchpipe plugins"""

from pathlib import Path
from typing import Any

import click

from pitchpipe.host.host import Host
from pitchpipe.host.plugin import Plugin
from pitchpipe_stages.console import RichConsole


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def plugins(as_json: bool) -> None:
    """List the plugins that are installed, what each offers, and those that failed to load.

    A file pitchpipe_local.py in this folder is a plugin too. Three environment variables decide what
    is loaded: PITCHPIPE_PLUGINS=a,b loads only these of other distributions, PITCHPIPE_BLOCK=a,b leaves
    these out, and PITCHPIPE_STRICT=1 stops at the first plugin that fails.
    """
    host = Host.from_environment(Path.cwd())
    if as_json:
        import json

        click.echo(json.dumps([_plain(plugin) for plugin in host.plugins], indent=2))
        return
    _print(host)


def _plain(plugin: Plugin) -> dict[str, Any]:
    offers: dict[str, list[str]] = {}
    named = [(component.kind, component.name) for component in plugin.offers]
    named += [("stage", stage.name) for stage in plugin.stages]
    named += [("command", command.name) for command in plugin.commands]
    for kind, name in named:
        offers.setdefault(kind, []).append(name)
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "offers": offers,
        "hooks": plugin.hooks,
        "milliseconds": round(plugin.seconds * 1000, 1),
        "error": plugin.failure or None,
    }


def _print(host: Host) -> None:
    console = RichConsole()
    rows = []
    for plugin in (p for p in host.plugins if not p.error):
        plain = _plain(plugin)
        offers = "; ".join(f"{kind}s {', '.join(names)}" for kind, names in plain["offers"].items())
        watches = ", ".join(hook for hook in plugin.hooks if hook.startswith("on_"))
        what = offers or f"watches {watches}"
        rows.append([plugin.name, plugin.origin, what, f"{plain['milliseconds']:.1f} ms"])
    console.table("", ["plugin", "from", "offers", "load time"], rows, left=3)
    for plugin in (p for p in host.plugins if p.error):
        console.plain(f"failed: {plugin}: {plugin.failure}")
