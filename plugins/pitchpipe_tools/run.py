"""pitchpipe run and pitchpipe prepare"""

import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import click

from pitchpipe.run.directory import Run
from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """RECIPE, --set, --runs, --name and --processes."""
    options = (
        click.option(
            "--runs",
            type=click.Path(path_type=Path),
            default="runs",
            show_default=True,
            help="Folder of all runs.",
        ),
        click.option("--name", help="The run's folder in it. [default: the recipe's file name]"),
        click.option(
            "--processes",
            type=click.IntRange(1),
            help="Prepare data in so many. [default: one for each core, at most 8]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return recipe_argument(command)


@click.command()
@_run_options
@click.option(
    "--until",
    default="",
    metavar="STAGE",
    help="Stop after this stage: prepare, train, evaluate, or one that a plugin brings.",
)
def run(
    recipe: str, overrides: tuple[str, ...], runs: Path, name: str | None, until: str, processes: int | None
) -> None:
    """Run RECIPE, a file or the name of one that ships, from data to scores.

    Everything is written to runs/NAME: the ledger of all rows that were dropped or changed, the
    prepared data, the tuned model, the scores. Run the same command again and it continues: stages
    that are done are skipped, training goes on from its last checkpoint, and what has changed is redone.
    """
    if done := _run(recipe, overrides, runs, name, until, processes):
        _next_steps(done, recipe)


@click.command()
@_run_options
def prepare(
    recipe: str, overrides: tuple[str, ...], runs: Path, name: str | None, processes: int | None
) -> None:
    """Load, filter, split and render the data of RECIPE, and show what became of each row.

    `pitchpipe run` uses what is prepared here, as long as nothing that can change it has changed.
    """
    if done := _run(recipe, overrides, runs, name, "prepare", processes):
        click.echo(f"Each row's reason: {done.path / 'ledger.jsonl'}")


def _run(
    recipe: str, overrides: tuple[str, ...], runs: Path, name: str | None, until: str, processes: int | None
) -> Run | None:
    from pitchpipe.run.run import run
    from pitchpipe_stages.console import RichConsole

    loaded = load_recipe(recipe, overrides)
    return run(loaded, runs / (name or loaded.path.stem), RichConsole(), until, processes or 0)


def _next_steps(run: Run, recipe: str) -> None:
    """Say where things are, and what a newcomer can try."""
    from pitchpipe_stages.train.sections import TRAINER

    call, trainer = _program(), run.recipe[TRAINER]
    steps = [(f"{call} peek {recipe}", "one conversation at every hop, learned text marked")]
    if (run.path / "ledger.jsonl").stat().st_size:
        steps.append((f"{call} report {run.path}", "what became of the rows, on one page"))
        steps.append((f"{call} why {run.path} LINE", "one row's fate, and the threshold that decided"))
    if trainer:
        again = f"--set trainer.{trainer.name}.epochs=1 --name try"
        steps.append((f"{call} run {recipe} {again}", "change one thing, keep both results"))
    steps.append((f"{call} new filter my_filter", "write a plugin of your own"))
    if trainer and (run.path / "model").exists():
        run.console.say(f"The tuned model, ready to load or serve: [bold]{run.path / 'model'}[/]")
    run.console.say("What to try next:")
    for command, what in steps:
        run.console.say(f"  [bold]{command}[/]\n      [dim]{what}[/]")


def _program() -> str:
    """pitchpipe as it was called, so that its lines can be pasted."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return "python -m pitchpipe"
    return "pitchpipe" if called == which("pitchpipe") else called
