"""pitchpipe generate"""

import shlex
import sys

import click

from pitchpipe_tools.generate.carry import export_record, import_record
from pitchpipe_tools.generate.group import CommandBeside
from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument


@click.command(cls=CommandBeside)
@recipe_argument
@click.option("--plan", is_flag=True, help="Say what would be asked and what it would cost, and stop.")
@click.option(
    "--pilot",
    type=click.IntRange(1),
    metavar="N",
    help="Try N drafts or sources of each generator: yield, cost, examples, and what the whole would take.",
)
@click.option("--offline", is_flag=True, help="Send nothing: make what the replies on record give.")
def generate(recipe: str, overrides: tuple[str, ...], plan: bool, pilot: int | None, offline: bool) -> None:
    """Make conversations with the generators of RECIPE, by asking its teachers.

    Everything is written to generated/NAME, NAME being the recipe's file name: rows.jsonl, which the loader
    `generated` reads; ledger.jsonl, why each of the other candidates is no row; asks.sqlite, every question
    with its reply. Run the same command again and it goes on: what was answered is not asked again.
    Before anything is sent, it says how many questions are new and what they cost. The recipe's `budget`
    holds for all starts together.

    \b
    pitchpipe generate recipe.yaml --plan         what it would ask, and the price
    pitchpipe generate recipe.yaml --pilot 30     what 30 tries give; they are not paid twice
    pitchpipe generate recipe.yaml                all of it
    pitchpipe run recipe.yaml                     then: filter, tune, evaluate; it asks no teacher

    The exit code is 0 where all that was wanted is there, 1 where less is, 2 where something is wrong.
    """
    if plan + offline + (pilot is not None) > 1:
        raise click.UsageError("--plan, --pilot and --offline exclude each other")
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.generate.work import Work

    with cured():
        again = shlex.join([recipe, *(word for value in overrides for word in ("--set", value))])
        work = Work(load_recipe(recipe, overrides), again, RichConsole())
        whole = (
            work.plan() if plan else work.pilot(pilot) if pilot else work.offline() if offline else work.all()
        )
    sys.exit(0 if whole else 1)


generate.add(export_record)
generate.add(import_record)
