"""The tables that tune shows."""

from collections.abc import Iterator

import numpy as np

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.console import RichConsole, shortened
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.tune.near import NearRows
from pitchpipe_tools.tune.scores import STEPS, ScoreColumn, Threshold, quantiles, thresholds_to_try


def show_thresholds(column: ScoreColumn, threshold: Threshold, label: str, console: RichConsole) -> None:
    """Shows how many rows stay at each threshold."""
    rows = []
    for value in thresholds_to_try(column, threshold.current, threshold.value):
        left = int(np.count_nonzero(threshold.passes(column, value)))
        mark = "now" if value == threshold.current else ""
        rows.append([f"{value:g}", f"{left:,}", f"{left / len(column):.1%}", f"{len(column) - left:,}", mark])
    head = [f"at {threshold.bound}", "rows left", "share", "rows that go", ""]
    console.table(f"{label}: {threshold.score}, {len(column):,} rows measured", head, rows, left=1)


def show_near(near: NearRows, threshold: Threshold, console: RichConsole) -> None:
    """Shows the rows nearest to a threshold, on both sides."""
    rows = [
        [fate, f"{score:g}", str(row.source), shortened(_text(row), 90)]
        for fate, near_rows in near.items()
        for _, score, row in near_rows
    ]
    console.table(f"Near {threshold.value:g}", ["", threshold.score, "row", ""], rows, left=4)


def _text(row: Conversation) -> str:
    return " | ".join(f"{message.role}: {message.content}" for message in row.messages)


def show_quantiles(column: ScoreColumn, name: str, console: RichConsole) -> None:
    """Shows the quantiles of a score without bounds."""
    values = [f"{value:.4g}" for value in quantiles(column)]
    shares = [f"{share:.0%}" for share in np.linspace(0, 1, STEPS)]
    console.table(f"{name}: no bound set. Rows below:", shares, [values], left=0)


def show_decisions(history: History, step: int, label: str, console: RichConsole) -> None:
    """Shows the measures of a filter that keeps no scores: those of the rows that it dropped or tagged."""
    column = np.array(list(_measures(history, step)))
    if not len(column):
        raise PitchpipeError(f"filter '{label}' measures nothing: it has no threshold to tune")
    rows = [
        [f"{value:g}", f"{int(np.count_nonzero(column >= value)):,}"] for value in thresholds_to_try(column)
    ]
    console.table(f"{label}: the rows that go, by their score", ["at least", "rows that go"], rows, left=1)
    console.say("[dim]scores below the threshold are not kept: a lower threshold needs a new run[/]")


def _measures(history: History, step: int) -> Iterator[float]:
    for _, shard in history.shards():
        judgement = shard.track()[step]
        for drop in (*judgement.drops.values(), *judgement.tags.values()):
            if isinstance(drop.score, int | float):
                yield float(drop.score)
