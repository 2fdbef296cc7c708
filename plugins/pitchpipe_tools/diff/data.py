"""The data and the training of two runs, in numbers."""

from collections.abc import Iterator

from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.diff.side import CompareSide

OF_ROWS = ("read", "kept", "dropped", "quarantined", "changed", "tagged")
OF_SIDES = ("conversations", "tokens", "learned")
LAST = (
    "steps", "loss", "eval_loss", "tokens", "epoch", "tokens_per_second", "grad_norm", "stops", "seconds",
    "memory", "device", "processes",
)  # fmt: skip


def show_data(left: CompareSide, right: CompareSide, console: Console) -> None:
    """Show the counts of rows and of the sides of the split that differ."""
    one, other = left.prepared, right.prepared
    if not one or not other:
        missing = ", ".join(side.name for side in (left, right) if not side.prepared)
        console.say(f"[bold]Data:[/] [dim]{escape(missing)} has no record of it[/]")
        return
    if one.files == other.files:
        console.say("[bold]Data:[/] the same, byte for byte")
        return
    same = [
        side for side in one.files if one.files[side] == other.files.get(side) and one.splits[side].tokens
    ]
    if lines := [*_rows(one, other), *_why(one, other), *_splits(one, other)]:
        console.table("Data", ["", left.name, right.name], lines)
    else:
        console.say("[bold]Data:[/] the same counts, other content")
    for side in same:
        console.say(f"[dim]{side}: the same, byte for byte[/]")


def show_training(left: CompareSide, right: CompareSide, console: Console) -> None:
    """Show what training reported, at its end."""
    one, other = left.trained, right.trained
    if not one and not other:
        return
    names = [name for name in LAST if name in one or name in other]
    lines = [[name.replace("_", " "), _said(one.get(name)), _said(other.get(name))] for name in names]
    console.table("Training", ["", left.name, right.name], lines)


def _rows(one: Prepared, other: Prepared) -> Iterator[list[str]]:
    for source in dict.fromkeys([*one.rows, *other.rows]):
        for what in OF_ROWS:
            found = [
                getattr(side.rows[source], what) if source in side.rows else None for side in (one, other)
            ]
            if found[0] != found[1]:
                yield [f"{source}: rows {what}", *map(_said, found)]


def _why(one: Prepared, other: Prepared) -> Iterator[list[str]]:
    """Reasons for which another number of rows was lost or changed."""
    counts = [
        {(name, why.stage, why.reason): why.rows for name, rows in side.rows.items() for why in rows.why}
        for side in (one, other)
    ]
    for key in dict.fromkeys([*counts[0], *counts[1]]):
        found = [side.get(key, 0) for side in counts]
        if found[0] != found[1]:
            yield [f"{key[0]}: {key[1]}: {key[2]}", *map(_said, found)]


def _splits(one: Prepared, other: Prepared) -> Iterator[list[str]]:
    for side in one.splits:
        for what in OF_SIDES:
            found = [getattr(prepared.splits[side], what) for prepared in (one, other)]
            if found[0] != found[1]:
                yield [f"{side}: {what}{' tokens' * (what == 'learned')}", *map(_said, found)]


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
