"""The command `diff`."""

from pathlib import Path

import click

from pitchpipe_tools.cures import cured


@click.command()
@click.argument("left", metavar="RUN_A")
@click.argument("right", metavar="RUN_B")
@click.option(
    "--runs", type=click.Path(path_type=Path), default="runs", show_default=True, help="Folder of all runs."
)
@click.option(
    "--examples",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="Answers to show, of those that differ most on either side.",
)
@cured()
def diff(left: str, right: str, runs: Path, examples: int) -> None:
    """Compare RUN_B with RUN_A: the lines of the recipe, the data, the training, the scores, the answers.

    A run is a folder, or the name of one in the folder of all runs; NAME/kept/1 is a model that a run kept
    before it trained another. Scores are those of the tuned models, or of the bases of runs without one, and
    are compared on the questions that both were asked. Nothing is run again.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.diff.data import show_data, show_training
    from pitchpipe_tools.diff.examples import show_examples
    from pitchpipe_tools.diff.recipes import show_recipes
    from pitchpipe_tools.diff.scores import show_scores
    from pitchpipe_tools.diff.side import side_of

    sides, console = (side_of(left, runs), side_of(right, runs)), RichConsole()
    show_recipes(*sides, console)
    show_data(*sides, console)
    show_training(*sides, console)
    show_scores(*sides, console)
    if examples:
        show_examples(*sides, examples, console)
