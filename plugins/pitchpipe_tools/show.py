"""pitchpipe show: one component in detail, or all components of a kind."""

import inspect
import json
import re
from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host
from pitchpipe.host.options import describe
from pitchpipe.host.plugin import Component, Profile
from pitchpipe_stages.console import RichConsole
from pitchpipe_tools.plugins import as_written
from pitchpipe_tools.recipe_argument import KIND_NAMES

HELP = f"""Explain one component: what it does, its options, and the file that it comes from.

KIND is {KIND_NAMES}. Without NAME, every component of that kind is listed.
"""


@click.command(help=HELP)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("name", required=False)
def show(kind: str, name: str | None) -> None:
    host, console = Host.from_environment(Path.cwd()), RichConsole()
    if name is None:
        rows = [[as_written(host, component), component.summary] for component in host.all(kind)]
        console.table("", [kind, ""], rows, left=2)
        return
    try:
        component = host.find(kind, name)
    except ValueError as error:
        raise PitchpipeError(str(error)) from None
    _explain(component, console)


def _explain(component: Component, console: RichConsole) -> None:
    console.plain(str(component))
    console.plain(f"{_place(component)}\n")
    unexplained = "It has no docstring." if component.is_code else component.call
    console.plain(f"{_flowing(component.description) or unexplained}\n")
    if component.missing():
        console.plain(f"It needs {', '.join(component.missing())}: {component.cure}\n")
    if isinstance(component.call, Profile):
        _explain_profile(component.name, component.call, console)
    else:
        _explain_options(component, console)


def _flowing(text: str) -> str:
    """A docstring whose lines break where the terminal does; indented lines stay as they are."""
    return re.sub(r"(?<=\S)\n(?=[^\s\-*|#>])", " ", text)


def _place(component: Component) -> str:
    """The file and line of a component's code; of data, the file of its plugin."""
    if not component.is_code:
        return f"{getattr(component.plugin.module, '__file__', None) or ''}:1"
    return f"{inspect.getsourcefile(component.call) or ''}:{inspect.getsourcelines(component.call)[1]}"


def _explain_options(component: Component, console: RichConsole) -> None:
    rows = [
        [
            option.name,
            describe(option.type),
            "required" if option.required else json.dumps(option.default, default=str),
            option.description,
        ]
        for option in component.options.values()
    ]
    if rows:
        console.table("", ["option", "takes", "default", ""], rows, left=4)
    else:
        console.plain("It has no options.")


def _explain_profile(name: str, profile: Profile, console: RichConsole) -> None:
    """Shows the filters of a profile as a recipe writes them."""
    import yaml

    console.plain("It stands for these filters:\n")
    console.plain(yaml.safe_dump({"filters": profile.entries}, sort_keys=False, width=100))
    console.plain(
        f"To change a filter: `- {name}: {{length: {{min_reply_chars: 3}}}}`."
        " To leave a filter out: `length: false`."
    )
