"""The command `tune`."""

from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.tune import tables
from pitchpipe_tools.tune.advice import advice
from pitchpipe_tools.tune.near import rows_near
from pitchpipe_tools.tune.scores import Scores, Threshold


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("filter", metavar="FILTER")
@click.option("--score", help="Show only this score of the filter.")
@click.option("--at", type=float, help="Show this threshold too, with the rows near it.")
def tune(run: Path, filter: str, score: str | None, at: float | None) -> None:
    """Show how many rows of RUN survive FILTER at each threshold, and rows near it.

    Nothing is run again: a filter's scores are kept beside the rows, whether they were dropped or not.
    """
    console, history = RichConsole(), History(run)
    step = history.filter(filter)
    scores = Scores.of(history, step)
    names = list(scores.columns)
    if not names:
        tables.show_decisions(history, step, filter, console)
        return
    if score is not None and score not in names:
        raise PitchpipeError(f"filter '{filter}' keeps no score '{score}'.{suggest(score, names)}")
    for name in [score] if score else names:
        thresholds = _thresholds(scores, name, at)
        for threshold in thresholds:
            tables.show_thresholds(scores.columns[name], threshold, filter, console)
            console.plain(advice(run, filter, threshold))
            tables.show_near(rows_near(history, step, threshold), threshold, console)
        if not thresholds:
            tables.show_quantiles(scores.columns[name], name, console)


def _thresholds(scores: Scores, name: str, at: float | None) -> list[Threshold]:
    """The thresholds of a score, with the value of --at instead of their own. A score without bounds has a
    threshold only with --at."""
    least, most = scores.bounds[name]
    thresholds = []
    if least is not None:
        thresholds.append(Threshold(name, "least", least, least if at is None else at))
    if most is not None:
        thresholds.append(Threshold(name, "most", most, most if at is None else at))
    if not thresholds and at is not None:
        thresholds.append(Threshold(name, "most", None, at))
    return thresholds
