"""pitchpipe run and pitchpipe prepare: a recipe from data to scores, or its data alone."""

from pathlib import Path
from typing import Any

import click

from pitchpipe.run.directory import Run
from pitchpipe_tools.next_steps import show_next_steps
from pitchpipe_tools.recipe_argument import Function, load_recipe, recipe_argument

_PLACE = (
    click.option(
        "--runs",
        type=click.Path(path_type=Path),
        default="runs",
        show_default=True,
        help="Folder of all runs.",
    ),
    click.option("--name", help="Name of the run's folder. [default: the recipe's file name]"),
)
_RUN_OPTIONS = (
    *_PLACE,
    click.option(
        "--tiny",
        is_flag=True,
        help="Try RECIPE on any machine: the tiny model that ships, few rows, 4 steps, in runs/NAME-tiny.",
    ),
    click.option(
        "--processes",
        type=click.IntRange(1),
        help="Number of processes that prepare data. [default: one for each core]",
    ),
)


def run_place(command: Function) -> Function:
    """Adds --runs and --name to a command."""
    for option in reversed(_PLACE):
        command = option(command)
    return command


def _run_options(command: Function) -> Function:
    """Adds RECIPE, --set, --runs, --name, --tiny and --processes to a command."""
    for option in reversed(_RUN_OPTIONS):
        command = option(command)
    return recipe_argument(command)


@click.command()
@_run_options
@click.option(
    "--until",
    default="",
    metavar="STAGE",
    help="Stop after this stage: prepare, train, evaluate, or a stage of a plugin.",
)
def run(recipe: str, until: str, **options: Any) -> None:
    """Run RECIPE, a file or the name of a recipe that ships, from data to scores.

    Everything is written to runs/NAME: the ledger of all rows that were dropped or changed, the
    prepared data, the tuned model, the scores. Run the same command again and it continues: stages
    that are done are skipped, training goes on from its last checkpoint, and what has changed is redone.
    """
    if finished := _run(recipe, until, **options):
        show_next_steps(finished, recipe, tiny=options["tiny"])


@click.command()
@_run_options
def prepare(recipe: str, **options: Any) -> None:
    """Load, filter, split and render the data of RECIPE, and show what became of each row.

    `pitchpipe run` uses the prepared data, unless the data part of RECIPE, a file or the code has changed.
    """
    if finished := _run(recipe, "prepare", **options):
        click.echo(f"Each row's reason: {finished.path / 'ledger.jsonl'}")


def _run(
    recipe: str,
    until: str,
    tiny: bool,
    overrides: tuple[str, ...],
    runs: Path,
    name: str | None,
    processes: int | None,
) -> Run | None:
    from pitchpipe.run.run import run
    from pitchpipe_stages.console import RichConsole, escape
    from pitchpipe_stages.train.device import tell
    from pitchpipe_stages.train.ranks import joins, together
    from pitchpipe_stages.train.sections import TRAINER
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.recipe_file.shrink import SAID

    with cured(), together():
        loaded, console = load_recipe(recipe, overrides, tiny), RichConsole()
        folder = runs / (name or f"{loaded.path.stem}{'-tiny' if tiny else ''}")
        if tiny:
            console.say(SAID)
        begins = until != "prepare" and not joins()
        for hint in loaded.hints if begins else ():
            console.say(f"[yellow]hint:[/] {escape(hint)}")
        if loaded[TRAINER] and begins:
            tell(loaded, console)
        return run(loaded, folder, console, until, processes or 0)
