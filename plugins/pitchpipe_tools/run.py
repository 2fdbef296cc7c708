"""pitchpipe run and pitchpipe prepare: a recipe from data to scores, or its data alone."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe_tools.next_steps import show_next_steps
from pitchpipe_tools.recipe_argument import Function, load_all, recipe_argument, tell_stand_in

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole

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
        "--workers",
        type=click.IntRange(1),
        help="Number of processes that prepare data. [default: one for each core]",
    ),
)
_LAUNCH_OPTIONS = (
    click.option(
        "--processes",
        metavar="N|auto",
        help="Number of processes that train together on this machine; auto: one for each GPU. [default: 1]",
    ),
    click.option("--machines", metavar="N", help="Number of machines that train together. [default: 1]"),
    click.option(
        "--machine-rank",
        type=click.IntRange(0),
        help="Of several machines, the number of this one; 0 prepares the data and keeps the results.",
    ),
    click.option("--address", metavar="HOST[:PORT]", help="Of several machines, where number 0 is reached."),
)


def run_place(command: Function) -> Function:
    """Adds --runs and --name to a command."""
    for option in reversed(_PLACE):
        command = option(command)
    return command


def _run_options(command: Function) -> Function:
    """Adds RECIPE, --set, --runs, --name, --tiny and --workers to a command."""
    for option in reversed(_RUN_OPTIONS):
        command = option(command)
    return recipe_argument(command)


def _launch_options(command: Function) -> Function:
    """Adds options of the recipe's section `launch`, and the number of this machine."""
    for option in reversed(_LAUNCH_OPTIONS):
        command = option(command)
    return command


@click.command()
@_run_options
@_launch_options
@click.option(
    "--until",
    default="",
    metavar="STAGE",
    help="Stop after this stage: prepare, train, evaluate, or a stage of a plugin.",
)
def run(
    recipe: str,
    until: str,
    processes: str,
    machines: str,
    address: str,
    overrides: tuple[str, ...],
    **options: Any,
) -> None:
    """Run RECIPE, a file or the name of a recipe that ships, from data to scores.

    Everything is written to runs/NAME: the ledger of all rows that were dropped or changed, the
    prepared data, the tuned model, the scores. Run the same command again and it continues: stages
    that are done are skipped, training goes on from its last checkpoint, and what has changed is redone.
    A recipe that RECIPE begins with (`from: sft.yaml`) is run first; --set and --name concern RECIPE alone.

    --processes, --machines and --address say what the recipe's section `launch` says: who trains together.
    """
    asked = {"processes": processes, "machines": machines, "address": address}
    said = tuple(f"launch.{name}={value}" for name, value in asked.items() if value)
    if finished := _run(recipe, until, overrides=overrides, launch=said, **options):
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
    workers: int | None,
    launch: tuple[str, ...] = (),
    machine_rank: int | None = None,
) -> Run | None:
    from pitchpipe_stages.console import RichConsole, escape
    from pitchpipe_stages.held_out import only_serves
    from pitchpipe_stages.train.device import PROCESSOR, training_device
    from pitchpipe_stages.train.launch import LAUNCH
    from pitchpipe_stages.train.ranks import together
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.recipe_file.before import one_after_another
    from pitchpipe_tools.recipe_file.from_run import Runs
    from pitchpipe_tools.recipe_file.shrink import LAUNCHED, SAID

    console, place, finished = RichConsole(), Runs(runs, tiny, launch), None
    one = partial(run_one, console=console, workers=workers or 0, machine_rank=machine_rank)
    with cured(), together():
        last = load_all(recipe, overrides, place)
        if only_serves(last.recipe):
            raise PitchpipeError(f"{recipe} serves a model, and makes none: pitchpipe serve {recipe}")
        folder = place.of(last.recipe.path, name)
        if tiny:
            console.say(SAID)
            if LAUNCH in last.recipe and training_device().words == PROCESSOR:
                console.say(LAUNCHED)
        if until == "prepare":
            tell_stand_in(last)
            return one(last.recipe, folder, until)
        for loaded, at, number in one_after_another(last, overrides, place, folder):
            if number:
                console.say(f"[bold]{escape(f'{number}: {loaded.path.name}, in {at}')}[/]")
            finished = one(loaded, at, until if at == folder else "")
    return finished


def run_one(
    recipe: Recipe,
    folder: Path,
    until: str,
    console: "RichConsole",
    workers: int,
    machine_rank: int | None,
) -> Run | None:
    from pitchpipe.run.run import run
    from pitchpipe_stages.console import escape
    from pitchpipe_stages.train import places
    from pitchpipe_stages.train.device import tell
    from pitchpipe_stages.train.launch import LAUNCH
    from pitchpipe_stages.train.ranks import joins
    from pitchpipe_stages.train.sections import TRAINER
    from pitchpipe_tools.report.automatic import leave_report

    with places.one_of_machines(recipe[LAUNCH], machine_rank):
        begins = until != "prepare" and not joins()
        for hint in recipe.hints if begins else ():
            console.say(f"[yellow]hint:[/] {escape(hint)}")
        if recipe[TRAINER] and begins:
            tell(recipe, console)
            places.must_have_gpus(recipe[LAUNCH])
            places.tell(recipe[LAUNCH], console)
        finished = run(recipe, folder, console, until, workers)
    if finished and until != "prepare":
        leave_report(finished)
    return finished
