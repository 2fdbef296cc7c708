"""The argument RECIPE and the option --set, and the recipe that they name."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

import pitchpipe
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe

Function = TypeVar("Function", bound=Callable[..., object])

KIND_NAMES = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
SET_HELP = (
    "Override one value, as in --set trainer.sft.epochs=1. An entry of a list is named by its component"
    " or its number, from 1. May be repeated."
)


def recipe_argument(command: Function) -> Function:
    """Adds RECIPE and --set to a command."""
    return click.argument("recipe", metavar="RECIPE")(overrides_option(SET_HELP)(command))


def overrides_option(help: str) -> Callable[[Function], Function]:
    """Adds --set to a command."""
    return click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=help)


def shipped_recipes() -> dict[str, Path]:
    """The recipes that ship, by name: those of the checkout, or those of the installed package."""
    package = Path(pitchpipe.__file__).parent
    checkout = package.parents[1]
    folder = (checkout if (checkout / "pyproject.toml").exists() else package) / "recipes"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_recipe(name: str) -> Path:
    """The recipe at a path, or the recipe of this name that ships."""
    path = Path(name)
    if path.is_file():
        return path
    shipped = shipped_recipes()
    if name in shipped:
        return shipped[name]
    if path.is_dir():
        raise PitchpipeError(f"{name} is a folder, not a recipe")
    near = {str(file) for file in path.parent.glob("*.y*ml")} if path.parent.is_dir() else set()
    raise PitchpipeError(f"no recipe {name}.{suggest(name, near | set(shipped))}")


def load_recipe(name: str, overrides: tuple[str, ...], tiny: bool = False) -> Recipe:
    """Loads and checks a recipe, with the installed plugins and the plugin in the recipe's folder. `tiny`
    makes it small before the overrides change it."""
    from pitchpipe_tools.recipe_file.load import load
    from pitchpipe_tools.recipe_file.overrides import override
    from pitchpipe_tools.recipe_file.shrink import shrink

    path = find_recipe(name)
    host = host_with_warnings(path.parent)
    smaller = [partial(shrink, host)] if tiny else []
    return load(path, host, *smaller, *map(override, overrides))


def host_with_warnings(folder: Path) -> Host:
    """Loads the installed plugins and the plugin in a folder. Prints a warning for each that fails."""
    host = Host.from_environment(folder)
    for plugin in host.plugins:
        if plugin.error:
            click.echo(f"warning: {plugin} failed to load: {plugin.failure}", err=True)
    return host
