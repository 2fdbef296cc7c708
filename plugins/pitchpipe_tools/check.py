"""pitchpipe check: all mistakes in a recipe."""

import click

from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument


@click.command()
@recipe_argument
def check(recipe: str, overrides: tuple[str, ...]) -> None:
    """Check RECIPE: every name, option, type, range and file. All mistakes are shown at once.

    Nothing heavy is imported and nothing is downloaded. Exit code 0 means that the recipe is sound.
    Packages that this machine lacks are listed too, and values that are unusual: neither is a mistake.
    """
    loaded = load_recipe(recipe, overrides)
    uses = ", ".join(f"{use.component.kind} {use.name}" for use in loaded.uses())
    click.echo(f"{loaded.path}: sound. {uses}")
    for hint in loaded.hints:
        click.echo(f"hint: {hint}")
    for line in loaded.missing():
        click.echo(f"to run it here: {line}")
