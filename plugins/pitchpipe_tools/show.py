"""pitchpipe show: one component in detail, or all components of a kind."""

import inspect
import json
import re
from collections.abc import Iterable
from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host
from pitchpipe.host.options import Option, describe, options_of
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
    _explain_shared(host, component, console)


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
    if rows := _rows(component.options.values()):
        console.table("", ["option", "takes", "default", ""], rows, left=4)
    else:
        console.plain("It has no options.")


def _explain_shared(host: Host, component: Component, console: RichConsole) -> None:
    """Shows the options that its section gives to each of its kind."""
    sections = (section for stage in host.stages() for section in stage.sections)
    options = [section.options for section in sections if section.kind == component.kind and section.options]
    shared = {name: option for one in options for name, option in options_of(one).items()}
    if rows := _rows(option for name, option in shared.items() if name not in component.options):
        console.plain(f"\nEvery {component.kind} takes these too:")
        console.table("", ["option", "takes", "default", ""], rows, left=4)


def _rows(options: Iterable[Option]) -> list[list[str]]:
    return [
        [
            option.name,
            describe(option.type),
            "required" if option.required else json.dumps(option.default, default=str),
            option.description,
        ]
        for option in options
    ]


def _explain_profile(name: str, profile: Profile, console: RichConsole) -> None:
    """Shows the filters of a profile as a recipe writes them."""
    import yaml

    console.plain("It stands for these filters:\n")
    console.plain(yaml.safe_dump({"filters": profile.entries}, sort_keys=False, width=100))
    console.plain(
        f"To change a filter: `- {name}: {{length: {{min_reply_chars: 3}}}}`."
        " To leave a filter out: `length: false`."
    )
