"""The command `doctor`."""

import click

from pitchpipe_tools.recipe_argument import load_recipe, overrides_option


@click.command()
@click.argument("recipe", metavar="[RECIPE]", required=False)
@overrides_option(
    "Override one value of RECIPE, as in --set model.transformers.attention=eager. May be repeated."
)
def doctor(recipe: str | None, overrides: tuple[str, ...]) -> None:
    """Look at this machine: versions, extras, devices, plugins; what is missing, and how to get it.

    With RECIPE: load its model, and prove by numbers that conversations which share a row do not see each
    other. The exit code is 2 if they do.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.doctor.isolation import isolation
    from pitchpipe_tools.doctor.machine import machine_facts

    console = RichConsole()
    with cured():
        tables = [isolation(load_recipe(recipe, overrides), console)] if recipe else machine_facts()
    for table in tables:
        console.table(table.title, table.head, table.rows, left=len(table.head))
