"""The command `doctor`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_tools.recipe_argument import load_recipe, overrides_option
from pitchpipe_tools.run import run_place

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.doctor.machine import Facts


@click.command()
@click.argument("recipe", metavar="[RECIPE]", required=False)
@overrides_option(
    "Override one value of RECIPE, as in --set model.transformers.attention=eager. May be repeated."
)
@run_place
def doctor(recipe: str | None, overrides: tuple[str, ...], runs: Path, name: str | None) -> None:
    """Look at this machine: versions, extras, devices, plugins; what is missing, and how to get it.

    With RECIPE: do all that a run does before its first step, on its real data, and show what it finds:
    what is learned of the first batch, whether conversations that share a row see each other, gradients,
    memory, the largest batches, a checkpoint. Nothing is left behind. The exit code is 2 if anything fails.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.doctor.machine import machine_facts
    from pitchpipe_tools.recipe_file.from_run import Runs

    console = RichConsole()
    with cured():
        tables = (
            [_of_recipe(load_recipe(recipe, overrides, Runs(runs)), runs, name, console)]
            if recipe
            else machine_facts()
        )
    for table in tables:
        console.table(table.title, table.head, table.rows, left=len(table.head))


def _of_recipe(recipe: Recipe, runs: Path, name: str | None, console: "RichConsole") -> "Facts":
    from pitchpipe_stages.train.sections import TRAINER
    from pitchpipe_tools.doctor.isolation import isolation
    from pitchpipe_tools.doctor.training import training_facts

    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    if recipe[TRAINER] is None:
        return isolation(recipe, console)
    return training_facts(recipe, runs / (name or recipe.path.stem), console)
