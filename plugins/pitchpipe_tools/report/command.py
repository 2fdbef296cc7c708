"""The command `report`."""

from pathlib import Path

import click

from pitchpipe_tools.cures import cured


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@cured()
def report(run: Path) -> None:
    """Write a page about the data of RUN, a run's folder: what went where, and why, with examples.

    The page is one file, RUN/report.html. It needs no network and holds no script.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.report.page import write

    click.echo(write(run, RichConsole()))
