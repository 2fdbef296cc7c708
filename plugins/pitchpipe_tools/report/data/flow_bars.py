"""The flow of rows as bars: one bar for each step, for all sources and for each source."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pitchpipe_stages.data.ledger import SourceRows
from pitchpipe_stages.prepare.result import SplitSize
from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.data import flow

SOURCES = 20  # with bars of their own


def bars(sources: list[SourceRows], filters: list[str], splits: dict[str, SplitSize] | None = None) -> Markup:
    """A bar for the rows that were read, for each step, and for the rows that are kept, by split."""
    start = sum(rows.conversations for rows in sources)
    first = "read" if start == flow.total(sources, "read") else "conversations"
    kept = flow.total(sources, "kept")
    sides = {name: size.conversations for name, size in (splits or {}).items() if size.conversations}
    parts = [(name, rows, f"{name}: {number(rows)}") for name, rows in sides.items()]
    lines = [
        _end(first, start, start, [("before", start, "")]),
        *_steps(flow.steps(sources, filters), start),
        _end("kept", kept, start, parts or [("kept", kept, "kept")]),
    ]
    entries = [(name, f"{name} {number(rows)}") for name, rows in sides.items()]
    return joined(element("div", lines, class_="flow"), legend(*entries) if entries else None)


def _end(name: str, rows: int, whole: int, parts: Sequence[tuple[str, float, str]]) -> Markup:
    """The first or the last bar."""
    return element("div", element("span", name), bar(parts, whole), _counts("", rows), class_="step ends")


def _steps(steps: Iterable[flow.FlowStep], whole: int) -> Iterator[Markup]:
    """A bar for each step that takes rows. Neighbours that take none share one line of words."""
    for takes, neighbours in groupby(steps, key=lambda step: step.lost > 0):
        if takes:
            yield from (_step(step, whole) for step in neighbours)
        else:
            yield _idle(list(neighbours))


def _idle(steps: list[flow.FlowStep]) -> Markup:
    one = len(steps) == 1
    name, taken = (steps[0].title, "takes none") if one else (f"{len(steps)} filters", "take none")
    names = "" if one else ", ".join(step.title for step in steps)
    counts = _counts(taken, steps[-1].left)
    return element(
        "div", element("span", name), element("span", names, class_="names"), counts, class_="step idle"
    )


def _counts(taken: str, left: int) -> Markup:
    return element("span", element("span", taken), element("span", number(left)), class_="counts")


def _step(step: flow.FlowStep, whole: int) -> Markup:
    taken = f"\N{MINUS SIGN}{number(step.lost)} ({share(step.lost, step.reached)})"
    parts = [
        ("kept", step.left, f"{number(step.left)} left"),
        ("dropped", step.dropped, f"{number(step.dropped)} dropped"),
        ("quarantined", step.quarantined, f"{number(step.quarantined)} quarantined"),
    ]
    return element(
        "div", element("span", step.title), bar(parts, whole), _counts(taken, step.left), class_="step"
    )


def by_source(sources: dict[str, SourceRows], filters: list[str]) -> Markup:
    """A line for each source, the largest first. A line unfolds to the bars of the source."""
    ranked = sorted(sources.items(), key=lambda entry: -entry[1].read)
    most = max([rows.read for rows in sources.values()] or [0])
    lines = [_source(name, rows, filters, most) for name, rows in ranked[:SOURCES]]
    if smaller := ranked[SOURCES:]:
        together = flow.added(rows for _, rows in smaller)
        lines.append(_source(f"{number(len(smaller))} smaller sources", together, filters, most))
    return joined(lines)


def _source(name: str, rows: SourceRows, filters: list[str], most: int) -> Markup:
    counts = {"kept": rows.kept, "dropped": rows.dropped, "quarantined": rows.quarantined}
    parts = [(kind, count, f"{number(count)} {kind}") for kind, count in counts.items()]
    summary = element(
        "summary",
        element("span", f"{number(rows.read)} read", class_="fate"),
        element("span", name[:120], class_="words"),
        bar(parts, most),
        element("span", number(rows.kept), class_="count"),
        element("span", share(rows.kept, rows.conversations), class_="share"),
    )
    return element("details", summary, element("div", bars([rows], filters), class_="inside"))
