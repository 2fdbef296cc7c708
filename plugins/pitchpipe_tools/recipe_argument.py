"""The argument RECIPE of commands, its overrides, and how the recipe is found and loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import pitchpipe
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe

_SET_HELP = (
    "Override one value, as in --set trainer.sft.epochs=1. An entry of a list is named by its component"
    " or its number, from 1. May be repeated."
)


KIND_NAMES = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"


def recipe_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """RECIPE and --set."""
    return click.argument("recipe", metavar="RECIPE")(overrides_option(_SET_HELP)(command))


def overrides_option(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--set"""
    return click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=help)


def shipped() -> Path:
    """The folder of the recipes that ship: the checkout's own, or the installed copy."""
    package = Path(pitchpipe.__file__).parent
    checkout = package.parents[1]
    return (checkout if (checkout / "pyproject.toml").exists() else package) / "recipes"


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
    from pitchpipe.recipe.load import load
    from pitchpipe_tools.overrides import override

    path = find_recipe(name)
    return load(path, host_with_warnings(path.parent), *map(override, overrides))


def host_with_warnings(folder: Path) -> Host:
    """The plugins that are installed and the one in a folder; those that failed are told."""
    host = Host.from_environment(folder)
    for plugin in host.plugins:
        if plugin.error:
            click.echo(f"warning: {plugin} failed to load: {plugin.failure}", err=True)
    return host
