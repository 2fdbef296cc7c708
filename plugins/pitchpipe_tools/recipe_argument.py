"""The argument RECIPE and the option --set, and the recipe that they name."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

import pitchpipe
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe

if TYPE_CHECKING:
    from pitchpipe_tools.recipe_file.from_run import Runs
    from pitchpipe_tools.recipe_file.load import Loaded

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


def load_recipe(name: str, overrides: tuple[str, ...], runs: "Runs | None" = None) -> Recipe:
    """Loads and checks a recipe, with the installed plugins and the plugin in the recipe's folder. Says so
    where the run that it begins with has no model yet."""
    loaded = load_all(name, overrides, runs)
    tell_stand_in(loaded)
    return loaded.recipe


def tell_stand_in(loaded: "Loaded") -> None:
    """Says so where a recipe begins with a run that has no model yet."""
    if loaded.note:
        click.echo(f"note: {loaded.note}.", err=True)


def load_all(name: str, overrides: tuple[str, ...], runs: "Runs | None" = None) -> "Loaded":
    """Loads and checks a recipe and those that are run before it."""
    from pitchpipe_tools.recipe_file.from_run import USUAL
    from pitchpipe_tools.recipe_file.load import load_chain

    path = find_recipe(name)
    return load_chain(path, host_with_warnings(path.parent), overrides, runs or USUAL)


def host_with_warnings(folder: Path) -> Host:
    """Loads the installed plugins and the plugin in a folder. Prints a warning for each that fails."""
    host = Host.from_environment(folder)
    for plugin in host.plugins:
        if plugin.error:
            click.echo(f"warning: {plugin} failed to load: {plugin.failure}", err=True)
    return host
