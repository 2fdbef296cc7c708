"""What commands that take a recipe share: its argument, its overrides, finding and loading it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe import Recipe

_SET_HELP = (
    "Override one value, as in --set trainer.sft.epochs=1. An entry of a list is named by its component"
    " or its number, from 1. May be repeated."
)


def recipe_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """RECIPE and --set."""
    command = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=_SET_HELP)(command)
    return click.argument("recipe", metavar="RECIPE")(command)


def shipped() -> Path:
    """The folder of the recipes that ship: the checkout's own, or the installed copy."""
    package = Path(__file__).parents[1]
    checkout = package.parents[1] / "recipes"
    return checkout if (package.parents[1] / "pyproject.toml").exists() else package / "recipes"


def find_recipe(name: str) -> Path:
    """A path, or the name of a recipe that ships."""
    path = Path(name)
    if path.is_file():
        return path
    names = {recipe.stem: recipe for recipe in shipped().glob("*.yaml")}
    if name in names:
        return names[name]
    if path.is_dir():
        raise PitchpipeError(f"{name} is a folder, not a recipe")
    near = {str(file) for file in path.parent.glob("*.y*ml")} if path.parent.is_dir() else set()
    raise PitchpipeError(f"no recipe {name}.{suggest(name, near | set(names))}")


def load_recipe(name: str, overrides: tuple[str, ...]) -> Recipe:
    """The recipe, checked, with the plugins that are installed and the one beside it."""
    from pitchpipe.check import load
    from pitchpipe.host import Host

    path = find_recipe(name)
    host = Host.from_environment(path.parent)
    for plugin in host.plugins:
        if plugin.error:
            click.echo(f"warning: {plugin} failed to load: {plugin.failure}", err=True)
    return load(path, host, overrides)
