"""pitchpipe tune: other thresholds for a filter, tried on the scores that were kept"""

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.console import RichConsole, shortened
from pitchpipe_stages.prepare.history import History

STEPS = 9  # thresholds that are tried
NEAR = 3  # examples on each side of one
Column = NDArray[np.float64]  # the scores of all rows


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("filter", metavar="FILTER")
@click.option("--score", help="Only this one of the filter's scores.")
@click.option("--at", type=float, help="Another threshold to look at, with rows near it.")
def tune(run: Path, filter: str, score: str | None, at: float | None) -> None:
    """Show how many rows of RUN survive FILTER at each threshold, and rows near it.

    Nothing is run again: a filter's scores are kept beside the rows, whether they were dropped or not.
    """
    show_thresholds(run, filter, score, at, RichConsole())


def show_thresholds(run: Path, label: str, score: str | None, at: float | None, console: RichConsole) -> None:
    """For each score of a filter: how many rows would be left at each threshold, and rows near it."""
    history = History(run)
    step = history.filter(label)
    scores = Scores.of(history, step)
    if not scores.names():
        return _decisions(history, step, label, console)
    if score is not None and score not in scores.names():
        raise PitchpipeError(f"filter '{label}' keeps no score '{score}'.{suggest(score, scores.names())}")
    for name in [score] if score else scores.names():
        for bound, limit in zip(("least", "most"), scores.bounds[name], strict=True):
            wanted = at if at is not None else limit
            if limit is not None or (
                at is not None and bound == ("most" if scores.bounds[name][0] is None else "least")
            ):
                _table(scores, name, bound, limit, wanted, label, console)
                _examples(history, step, name, bound, wanted, console)
        if scores.bounds[name] == (None, None) and at is None:
            _spread(scores, name, console)


class Scores:
    """All scores of one filter, of the rows that came to it."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.bounds: dict[str, tuple[float | None, float | None]] = {}

    @classmethod
    def of(cls, history: History, step: int) -> "Scores":
        scores, parts = cls(), dict[str, list[Column]]()
        for _, shard in history.shards():
            track = shard.track()
            if step < len(track):
                for name in track[step].scores:
                    parts.setdefault(name, []).append(np.array(track[step].column(name)))
                    scores.bounds[name] = track[step].bounds[name]
        for name, columns in parts.items():
            whole = np.concatenate(columns)
            scores.columns[name] = whole[~np.isnan(whole)]
        return scores

    def names(self) -> list[str]:
        return list(self.columns)


def survivors(column: Column, bound: str, limit: float) -> int:
    """Rows on the right side of a threshold."""
    return int(np.count_nonzero(column >= limit if bound == "least" else column <= limit))


def _thresholds(column: Column, limit: float | None) -> list[float]:
    """Values spread over the scores as they are, and the present threshold."""
    spread = np.unique(np.quantile(column, np.linspace(0, 1, STEPS)))
    return sorted(
        {float(f"{value:.4g}") for value in spread} | ({float(limit)} if limit is not None else set())
    )


def _table(
    scores: Scores,
    name: str,
    bound: str,
    limit: float | None,
    wanted: float | None,
    label: str,
    console: RichConsole,
) -> None:
    column = scores.columns[name]
    asked = set() if wanted is None else {float(wanted)}
    rows = []
    for value in sorted(set(_thresholds(column, limit)) | asked):
        left = survivors(column, bound, value)
        mark = "now" if limit is not None and value == limit else ""
        rows.append([f"{value:g}", f"{left:,}", f"{left / len(column):.1%}", f"{len(column) - left:,}", mark])
    words = "at least" if bound == "least" else "at most"
    head = [f"{words}", "rows left", "share", "rows that go", ""]
    console.table(f"{label}: {name}, {len(column):,} rows measured", head, rows, left=1)
    option = f"{'min' if bound == 'least' else 'max'}_{name}"
    console.say(f"[dim]in the recipe, or for one run: --set filters.{label}.{option}=...[/]")


def _examples(
    history: History, step: int, name: str, bound: str, wanted: float | None, console: RichConsole
) -> None:
    """Rows just inside and just outside a threshold."""
    if wanted is None:
        return
    near: dict[str, list[tuple[float, float, Conversation]]] = {"stays": [], "goes": []}
    for _, shard in history.shards():
        judgement = shard.track()[step]
        if name not in judgement.scores:
            continue
        column = np.array(judgement.column(name))
        inside = column >= wanted if bound == "least" else column <= wanted
        base = None
        for fate, some in (("stays", inside), ("goes", ~inside & ~np.isnan(column))):
            rows = np.flatnonzero(some)
            rows = rows[np.argsort(np.abs(column[rows] - wanted), kind="stable")[:NEAR]]
            worst = near[fate][-1][0] if len(near[fate]) == NEAR else np.inf
            if len(rows) and abs(column[rows[0]] - wanted) < worst:
                base = base or shard.base()
                found = [
                    (abs(column[i] - wanted), column[i], c) for i in rows if (c := base.conversations[i])
                ]
                near[fate] = sorted([*near[fate], *found], key=lambda one: one[0])[:NEAR]
    shown = [
        [fate, f"{score:g}", str(row.source), shortened(_said(row), 90)]
        for fate, some in near.items()
        for _, score, row in some
    ]
    console.table(f"Near {wanted:g}", ["", name, "row", ""], shown, left=4)


def _spread(scores: Scores, name: str, console: RichConsole) -> None:
    column = scores.columns[name]
    values = [f"{value:.4g}" for value in np.quantile(column, np.linspace(0, 1, STEPS))]
    shares = [f"{share:.0%}" for share in np.linspace(0, 1, STEPS)]
    console.table(f"{name}: no bound set. Rows below:", shares, [values], left=0)


def _decisions(history: History, step: int, label: str, console: RichConsole) -> None:
    """A filter without scores of all rows: what it measured of those that it dropped."""
    measured = [
        float(drop.score)
        for _, shard in history.shards()
        for drop in (*shard.track()[step].drops.values(), *shard.track()[step].tags.values())
        if isinstance(drop.score, int | float)
    ]
    if not measured:
        raise PitchpipeError(f"filter '{label}' measures nothing: it has no threshold to tune")
    column = np.array(measured)
    rows = [[f"{v:g}", f"{int((column >= v).sum()):,}"] for v in _thresholds(column, None)]
    console.table(
        f"{label}: the rows that go, by what was measured", ["at least", "rows that go"], rows, left=1
    )
    console.say("[dim]what lies below the threshold was not kept: a lower one needs a new run[/]")


def _said(row: Conversation) -> str:
    return " | ".join(f"{message.role}: {message.content}" for message in row.messages)
