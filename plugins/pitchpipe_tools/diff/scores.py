"""The scores of two runs, on the questions that both were asked."""

from collections.abc import Mapping

import msgspec

from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.evaluate.compare import compared
from pitchpipe_stages.evaluate.measures import Measure
from pitchpipe_stages.evaluate.summary import show_table
from pitchpipe_stages.evaluate.telling import group_lines
from pitchpipe_tools.diff.side import CompareSide

Side = Mapping[str, Measure]


def show_scores(left: CompareSide, right: CompareSide, console: Console) -> None:
    """Show the scores of both, and the differences with their intervals."""
    missing = [side.name for side in (left, right) if not side.measures]
    if missing:
        who = escape(" and ".join(missing))
        console.say(f"[bold]Scores:[/] [yellow]no scores by item of {who}:[/] `pitchpipe run` makes them")
        return
    one, other = _on_shared(left, right, console)
    found = compared(one, other, left.groups | right.groups)
    show_table(found, [f"{side.name} ({side.model})" for side in (left, right)], console)
    for line in group_lines(found):
        console.say(line)


def _on_shared(left: CompareSide, right: CompareSide, console: Console) -> tuple[Side, Side]:
    """The measures of both, cut to the items that both have. What is left out is told."""
    names = [name for name in left.measures if name in right.measures]
    for side, other in ((left, right), (right, left)):
        if alone := [name for name in side.measures if name not in other.measures]:
            console.say(f"[dim]only {escape(side.name)} has {escape(', '.join(alone))}[/]")
    told = set[tuple[int, int, int]]()
    cut: tuple[dict[str, Measure], dict[str, Measure]] = {}, {}
    for name in names:
        both = left.measures[name], right.measures[name]
        shared = {id for id in both[0].items if id in both[1].items}
        told.add((len(both[0].items), len(both[1].items), len(shared)))
        for of, measure in zip(cut, both, strict=True):
            of[name] = _only(measure, shared)
    for of_left, of_right, of_both in sorted(told, reverse=True):
        if of_both < max(of_left, of_right):
            words = "scores here are of those alone" if of_both else "nothing can be compared"
            console.say(
                f"[yellow]The questions differ:[/] of {of_left:,} and {of_right:,}, {of_both:,} are the same;"
                f" {words}"
            )
    return cut


def _only(measure: Measure, ids: set[str]) -> Measure:
    if not measure.value or len(ids) == len(measure.items):
        return measure
    from pitchpipe_stages.evaluate.intervals import score_of

    items = {id: sums for id, sums in measure.items.items() if id in ids}
    cut = msgspec.structs.replace(measure, items=items)
    cut.score = score_of(cut.as_measured())
    return cut
