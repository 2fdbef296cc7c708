"""The command `sniff`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.cures import cured
from pitchpipe_tools.recipe_file.yaml12 import read

if TYPE_CHECKING:
    from pitchpipe.host.host import Host
    from pitchpipe.recipe.recipe import Use
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.sniff.findings import Findings


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="Number of first rows to look at; 0 means all rows.",
)
@click.option("--format", "forced", metavar="NAME", help="Read the rows by this format. [default: detected]")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of the loader, as in kind=csv or encoding=gb18030. May be repeated.",
)
@click.option(
    "--tokenizer",
    metavar="NAME_OR_FOLDER",
    help="Count tokens by this tokenizer: a tokenizer.json, a folder or a name on the hub."
    " [default: characters / 4, an estimate]",
)
@click.option(
    "--write", type=click.Path(path_type=Path), metavar="PATH", help="Write the recipe to start from."
)
@cured()
def sniff(
    file: str,
    rows: int,
    forced: str | None,
    options: tuple[str, ...],
    tokenizer: str | None,
    write: Path | None,
) -> None:
    """Look at FILE: its format, its mess, what would be read, and the recipe lines to start from.

    FILE is a data file of any kind that pitchpipe reads, a folder of them or a glob in quotes; - is standard
    input. Nothing is changed, and nothing is written without --write. Exit code 2 says that no row can be
    used as it is.

    \b
    pitchpipe sniff chats.jsonl
    pitchpipe sniff "data/**/*.parquet" --rows 0
    zcat more.jsonl.gz | pitchpipe sniff -
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.recipe_argument import host_with_warnings
    from pitchpipe_tools.sniff.count_tokens import token_counter
    from pitchpipe_tools.sniff.first_rows import loader_of
    from pitchpipe_tools.sniff.look import look

    if write:
        _check_target(write)
    console, host = RichConsole(), host_with_warnings(Path.cwd())
    loader = loader_of(host, file, dict(map(_pair, options)))
    count = token_counter(tokenizer, console) if tokenizer else None
    with console.bar(f"looking at {file}", rows or None) as tick:
        findings = look(host, loader, rows, forced, count, tick)
    _show(findings, file, loader, host, console)
    _propose(findings, file, loader, host, write, console)


def _check_target(target: Path) -> None:
    """Refuses a file that exists, and a folder that does not."""
    problem = ""
    if target.exists():
        problem = "is there already: remove it first"
    elif not target.parent.is_dir():
        problem = "has no folder to stand in: make it first"
    if problem:
        raise PitchpipeError(f"--write: {target} {problem}, or name another file")


def _pair(text: str) -> tuple[str, object]:
    """The name and the value of NAME=VALUE. The value is read as YAML."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise PitchpipeError(f"--option {text}: expected NAME=VALUE, as in kind=csv")
    return name, read(value, "--option")


def _show(findings: "Findings", file: str, loader: "Use", host: "Host", console: "RichConsole") -> None:
    """Shows all findings, or says why the file has no usable row."""
    from pitchpipe_tools.sniff import screen
    from pitchpipe_tools.sniff.nothing import why_nothing

    screen.show_file(file, loader.bound, findings, console)
    screen.show_formats(findings, console)
    screen.show_mess(findings, console)
    screen.show_columns(findings, console)
    if not findings.conversations:
        raise PitchpipeError(why_nothing(findings, file, host))
    screen.show_sizes(findings, console)
    screen.show_parts(findings, console)
    profile = host.default("filter", "new recipes")
    screen.show_filters(findings, profile.name if profile else "", console)


def _propose(
    findings: "Findings", file: str, loader: "Use", host: "Host", target: Path | None, console: "RichConsole"
) -> None:
    """Shows the recipe to start from, and writes the recipe if there is a target."""
    from pitchpipe_tools.sniff.propose import recipe_text

    path = os.path.relpath(os.path.expanduser(file), target.parent if target else ".")
    text = recipe_text(loader, findings.choice, host, path)
    console.say(f"[bold]The recipe to start from[/]{f', written to {target}' if target else ''}\n")
    console.plain(text)
    if target:
        target.write_text(f"# Made by pitchpipe sniff {file}\n{text}", "utf-8")
