"""pitchpipe generate"""

import click

from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument


@click.command()
@recipe_argument
def generate(recipe: str, overrides: tuple[str, ...]) -> None:
    """Make conversations with the generators of RECIPE, by asking its teachers."""
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.making.making import Making
    from pitchpipe_tools.cures import cured

    with cured():
        Making(load_recipe(recipe, overrides), RichConsole()).run()
