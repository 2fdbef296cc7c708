"""pitchpipe card"""

from pathlib import Path

import click

import pitchpipe as pp
from pitchpipe_card.stage import FILE


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
def card(run: Path) -> None:
    """Print the model card of RUN, a run's folder."""
    file = run / FILE
    if not file.is_file():
        raise pp.PitchpipeError(_why_none(run))
    click.echo(file.read_text("utf-8"), nl=False)


def _why_none(run: Path) -> str:
    """What stands in the way, and what to do about it."""
    if (run / "run.json").is_file():
        return f"{run} has no card: write `card: {{title: ...}}` into its recipe, and run it again"
    runs = {str(record.parent) for record in run.parent.glob("*/run.json")}
    return f"{run} is no run.{pp.suggest(str(run), runs)}"
