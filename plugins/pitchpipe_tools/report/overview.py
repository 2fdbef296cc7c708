"""What became of all rows: the sum of it, their way through the stages, and each source's own."""

from collections.abc import Sequence

from pitchpipe_stages.data.ledger import LOST, SourceRows
from pitchpipe_stages.prepare.result import SplitSize
from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, joined, number, share
from pitchpipe_tools.report import flow

SOURCES = 20  # that have a flow of their own on the page
TITLES = {
    "kept": "kept",
    "dropped": "dropped",
    "quarantined": "quarantined: in bad shape",
    "changed": "changes made to rows",
    "tagged": "tagged: would be dropped",
    "passed_over": "passed over by sample",
    "joined": "joined into another row",
    "more": "more from rows that hold several",
}
SELDOM = ("tagged", "passed_over", "joined", "more")


def tiles(sources: list[SourceRows]) -> Markup:
    """The counts of all sources together. What never happened is left out, except losses."""
    read, whole = flow.total(sources, "read"), sum(rows.conversations for rows in sources)
    found = [_tile("", read, f"rows read, from {number(len(sources))} source{'s' * (len(sources) != 1)}", "")]
    for name, words in TITLES.items():
        rows = flow.total(sources, name)
        if rows or name not in SELDOM:
            found.append(_tile(name, rows, words, share(rows, whole) if name in ("kept", *LOST) else ""))
    return element("div", found, class_="tiles")


def _tile(kind: str, rows: int, words: str, part: str) -> Markup:
    return element(
        "div", element("b", number(rows)), element("span", f"{part} {words}".strip()), class_=f"tile {kind}"
    )


def legend(*entries: tuple[str, str]) -> Markup:
    """Each (kind, words)."""
    return element(
        "ul", [element("li", element("i", class_=k), words) for k, words in entries], class_="legend"
    )


def bars(sources: list[SourceRows], filters: list[str], splits: dict[str, SplitSize] | None = None) -> Markup:
    """Bars that become shorter: what each stage took, and what it left."""
    start = sum(rows.conversations for rows in sources)
    first = "read" if start == flow.total(sources, "read") else "conversations"
    steps = [_ends(first, start, start, [("before", start, "")])]
    steps += [_step(step, start) for step in flow.steps(sources, filters)]
    kept = flow.total(sources, "kept")
    sides = {name: side.conversations for name, side in (splits or {}).items() if side.conversations}
    parts = [(name, rows, f"{name}: {number(rows)}") for name, rows in sides.items()] or [
        ("kept", kept, "kept")
    ]
    steps.append(_ends("kept", kept, start, parts))
    entries = [(name, f"{name} {number(rows)}") for name, rows in sides.items()]
    if not entries:
        return element("div", steps, class_="flow")
    return joined(element("div", steps, class_="flow"), legend(*entries))


def _ends(name: str, rows: int, whole: int, parts: Sequence[tuple[str, float, str]]) -> Markup:
    counts = element("span", element("span"), element("span", number(rows)), class_="counts")
    return element("div", element("span", name), bar(parts, whole), counts, class_="step ends")


def _step(step: flow.FlowStep, whole: int) -> Markup:
    lost = step.dropped + step.quarantined
    parts: list[tuple[str, float, str]] = [
        ("kept", step.left, f"{number(step.left)} left"),
        ("dropped", step.dropped, f"{number(step.dropped)} dropped"),
        ("quarantined", step.quarantined, f"{number(step.quarantined)} quarantined"),
    ]
    counts = element(
        "span",
        element("span", f"\N{MINUS SIGN}{number(lost)} ({share(lost, step.came)})" if lost else "takes none"),
        element("span", number(step.left)),
        class_="counts",
    )
    return element(
        "div", element("span", step.title), bar(parts, whole), counts, class_="step" if lost else "step idle"
    )


def by_source(sources: dict[str, SourceRows], filters: list[str]) -> Markup:
    """One line for each source, the largest first; it unfolds to the source's own flow."""
    ranked = sorted(sources.items(), key=lambda entry: -entry[1].read)
    most = max([rows.read for rows in sources.values()] or [0])
    lines = [_source(name, counts, filters, most) for name, counts in ranked[:SOURCES]]
    left = ranked[SOURCES:]
    if left:
        rest = [counts for _, counts in left]
        lines.append(_source(f"{number(len(left))} smaller sources", flow.added(rest), filters, most))
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
