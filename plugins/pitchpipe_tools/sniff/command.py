"""pitchpipe sniff: what a data file holds, on one screen"""

import os
from pathlib import Path
from typing import Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.yaml12 import Document


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="Look at so many of the first rows; 0: at all of them.",
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
    from pitchpipe_tools.sniff import screen
    from pitchpipe_tools.sniff.count_tokens import counter
    from pitchpipe_tools.sniff.first_rows import opened
    from pitchpipe_tools.sniff.look import look
    from pitchpipe_tools.sniff.propose import recipe_text

    if write:
        _check(write)
    console, host = RichConsole(), host_with_warnings(Path.cwd())
    loader = opened(host, file, dict(map(_pair, options)))
    count = counter(tokenizer, console) if tokenizer else None
    with console.bar(f"looking at {file}", rows or None) as tick:
        found = look(host, loader, rows, forced, count, tick)
    screen.file(file, loader.bound, found, console)
    screen.format(found, console)
    screen.mess(found, console)
    if not found.conversations:
        raise PitchpipeError(screen.nothing(found, file, host))
    screen.measures(found, console)
    profile = host.default("filter", "new recipes")
    screen.dropped(found, profile.name if profile else "", console)
    seen = os.path.relpath(os.path.expanduser(file), write.parent if write else ".")
    text = recipe_text(loader, found.choice, host, seen)
    console.say(f"[bold]The recipe to start from[/]{f', written to {write}' if write else ''}\n")
    console.plain(text)
    if write:
        write.write_text(f"# Made by pitchpipe sniff {file}\n{text}", "utf-8")


def _check(target: Path) -> None:
    """A recipe is written only where nothing is lost."""
    problem = ""
    if target.exists():
        problem = "is there already: remove it first"
    elif not target.parent.is_dir():
        problem = "has no folder to stand in: make it first"
    if problem:
        raise PitchpipeError(f"--write: {target} {problem}, or name another file")


def _pair(text: str) -> tuple[str, Any]:
    """NAME=VALUE, the value read as YAML."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise PitchpipeError(f"--option {text}: expected NAME=VALUE, as in kind=csv")
    return name, Document(value, "--option").data
