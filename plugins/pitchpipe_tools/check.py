"""pitchpipe check: all mistakes in a recipe."""

import click

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_tools.recipe_argument import load_all, recipe_argument, tell_stand_in


@click.command()
@recipe_argument
def check(recipe: str, overrides: tuple[str, ...]) -> None:
    """Check RECIPE: every name, option, type, range and file. All mistakes are shown at once.

    Recipes that it begins with (`from: sft.yaml`) are checked too. Nothing heavy is imported and nothing is
    downloaded. Exit code 0 means that the recipe is sound. Packages that this machine lacks are listed too,
    and values that are unusual: neither is a mistake.
    """
    for loaded in load_all(recipe, overrides).chain():
        _tell(loaded.recipe)
        tell_stand_in(loaded)


def _tell(recipe: Recipe) -> None:
    uses = ", ".join(f"{use.component.kind} {use.name}" for use in recipe.uses())
    click.echo(f"{recipe.path}: sound. {uses}")
    for hint in recipe.hints:
        click.echo(f"hint: {hint}")
    for line in recipe.missing():
        click.echo(f"to run it here: {line}")
