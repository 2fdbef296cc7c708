"""An experiment as the dashboard shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pitchpipe as pp
from pitchpipe_components.routers.anytime import interval, interval_of, needed
from pitchpipe_components.routers.experiment import Experiment

HEAD = ("side", "share", "users", "answers", "outcomes", "good", "", "difference", "", "p")


def panel(
    experiment: Experiment, shares: Mapping[str, float], outcome: str | dict[str, Any], effect: float,
    alpha: float, lonely: int,
) -> pp.Panel:  # fmt: skip
    """A row for each side, the difference to the first one, and the verdict. Intervals hold at all looks."""
    champion = next(iter(shares))
    rows = []
    for side, part in shares.items():
        tally = experiment.tallies[side]
        row = [side, f"{part:.0%}", tally.users, experiment.answers[side], tally.count]
        row += [f"{tally.mean:.1%}", _range(interval_of(tally, effect, alpha))] if tally.count else ["", ""]
        if side != champion:
            first = experiment.tallies[champion]
            row += [f"{tally.mean - first.mean:+.1%}", _range(interval(first, tally, effect, alpha), "+")]
            row += [f"{experiment.known_least(side):.2g}"]
        rows.append(row)
    since = datetime.fromtimestamp(experiment.begun).strftime("%Y-%m-%d %H:%M")
    what = outcome if isinstance(outcome, str) else ", ".join(f"{n}: {v}" for n, v in outcome.items())
    notes = [_verdict(experiment, shares, effect, alpha), f"Since {since}; counted: {what}."]
    if lonely:
        notes.append(f"{lonely:,} requests named no user: each was given a side by itself.")
    if sum(tally.users for tally in experiment.tallies.values()) == 1:
        notes.append("All outcomes are of one user, so of one side: clients should send `user`.")
    rows = [[*row, *[""] * (len(HEAD) - len(row))] for row in rows]
    return pp.Panel("Experiment", " ".join(notes), HEAD, rows)


def _verdict(experiment: Experiment, shares: Mapping[str, float], effect: float, alpha: float) -> str:
    if winner := experiment.winner:
        return f"Winner: {winner}."
    tallies = experiment.tallies.values()
    count = sum(tally.count for tally in tallies)
    rate = sum(tally.total for tally in tallies) / count if count else 0.5
    every = needed(rate, effect, alpha, min(shares.values()))
    if count < every:
        return f"Not yet: a difference of {effect:.0%} shows after about {every - count:,} more outcomes."
    return f"Not yet: a difference of {effect:.0%} would mostly have shown by now."


def _range(ends: tuple[float, float], sign: str = "") -> str:
    low, high = ends
    return f"{low:{sign}.1%} to {high:{sign}.1%}"
