"""pitchpipe recipes"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import NamesFiles
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_tools.recipe_argument import find_recipe, load_recipe, shipped


@click.command()
@click.option("--copy", metavar="NAME", help="Copy this recipe, with the data that ships with it.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="The folder to copy it to.",
)
def recipes(copy: str | None, to: Path) -> None:
    """List the recipes that ship with pitchpipe, or copy one to begin your own."""
    if copy is None:
        for path in sorted(shipped().glob("*.yaml")):
            click.echo(f"{path.stem:28}{path.read_text('utf-8').splitlines()[0].removeprefix('# ')}")
        return
    path = find_recipe(copy)
    loaded = load_recipe(copy, ())
    loaders = [source.loader.bound for source in loaded[LOADERS]]
    read = [file for loader in loaders if isinstance(loader, NamesFiles) for file in loader.inputs()]
    named = [file for use in loaded.uses() for file in _paths(use.options) if file.is_file()]
    for file in dict.fromkeys([path, *read, *named]):
        if not file.resolve().is_relative_to(path.parent.resolve()):
            continue
        target = to / file.resolve().relative_to(path.parent.resolve())
        if target.exists():
            raise PitchpipeError(f"{target} is there already")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        click.echo(f"wrote {target}")


def _paths(value: Any) -> Iterator[Path]:
    """Every path among a component's options."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _paths(inner)
