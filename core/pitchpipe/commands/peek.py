"""pitchpipe peek"""

import click

from pitchpipe.commands.asked import load_recipe, recipe_argument


@click.command()
@recipe_argument
@click.option(
    "-n", "--count", type=click.IntRange(1), default=1, show_default=True, help="How many rows to show."
)
@click.option(
    "--skip",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Pass over so many rows of each source.",
)
@click.option("--source", help="Only this source, by the name that the recipe or its reports give it.")
def peek(recipe: str, overrides: tuple[str, ...], count: int, skip: int, source: str | None) -> None:
    """Show the first rows of each source of RECIPE at every hop.

    The row as it was read, the conversation that it became, what each filter said, the text that the
    template wrote, and the tokens. Learned text is green in a terminal and stands between > and < elsewhere.
    """
    from pitchpipe.console import Console
    from pitchpipe.peek import show

    show(load_recipe(recipe, overrides), Console(), count, skip, source)
