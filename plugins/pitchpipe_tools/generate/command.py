"""pitchpipe generate"""

import click

from pitchpipe_tools.generate.carry import export_record, import_record
from pitchpipe_tools.generate.group import CommandBeside
from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument


@click.command(cls=CommandBeside)
@recipe_argument
def generate(recipe: str, overrides: tuple[str, ...]) -> None:
    """Make conversations with the generators of RECIPE, by asking its teachers."""
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.making.making import Making
    from pitchpipe_tools.cures import cured

    with cured():
        Making(load_recipe(recipe, overrides), RichConsole()).run()


generate.add(export_record)
generate.add(import_record)
