"""The command `report`."""

from pathlib import Path

import click

from pitchpipe_tools.cures import cured


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@cured()
def report(run: Path) -> None:
    """Write the page about RUN, a run's folder: whether tuning helped, the scores and answers of both models,
    how training went, what it cost, what became of the rows, and what is needed to do it again.

    The page is one file, RUN/report.html, that needs no network. `pitchpipe run` writes it at its end; this
    command writes it at any time.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.report.page import write

    click.echo(write(run, RichConsole()))
