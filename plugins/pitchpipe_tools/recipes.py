"""pitchpipe recipes: the recipes that ship, as a list or as copies."""

import shutil
from collections.abc import Iterator
from filecmp import cmp
from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import NamesFiles
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_tools.recipe_argument import find_recipe, load_all, shipped_recipes
from pitchpipe_tools.recipe_file.extends import chain


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
    if copy is not None:
        _copy(copy, to)
        return
    for name, path in shipped_recipes().items():
        click.echo(f"{name:28}{path.read_text('utf-8').splitlines()[0].removeprefix('# ')}")


def _copy(name: str, to: Path) -> None:
    """Copies a recipe, those that it extends or begins with, and the files in its folder that they read."""
    path = find_recipe(name).resolve()
    files = [file for loaded in reversed(load_all(name, ()).chain()) for file in _files(loaded.recipe)]
    beside = [file for file in map(Path.resolve, files) if file.is_relative_to(path.parent)]
    copies = {file: to / file.relative_to(path.parent) for file in beside}
    for file, target in copies.items():
        if target.exists() and (file == path or not cmp(file, target, shallow=False)):
            raise PitchpipeError(f"{target} is there already")
    for file, target in copies.items():
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            click.echo(f"wrote {target}")


def _files(recipe: Recipe) -> Iterator[Path]:
    """A recipe and what it extends, the files that the loaders read, the files that options name."""
    yield from (document.path for document in chain(recipe.path))
    for source in recipe[LOADERS]:
        if isinstance(source.loader.bound, NamesFiles):
            yield from source.loader.bound.inputs()
    for use in recipe.uses():
        yield from (path for path in _paths(use.options) if path.is_file())


def _paths(value: object) -> Iterator[Path]:
    """Every path in the options of a component."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _paths(inner)
