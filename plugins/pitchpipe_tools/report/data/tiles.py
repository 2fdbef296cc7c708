"""The counts of all sources together, as tiles."""

from pitchpipe_stages.data.ledger import LOST, SourceRows
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.data import flow

TITLES = {
    "kept": "kept",
    "dropped": "dropped",
    "quarantined": "quarantined: in bad shape",
    "changed": "changes made to rows",
    "tagged": "tagged: would be dropped",
    "passed_over": "passed over by sample",
    "joined": "joined into another row",
    "more": "more from rows that hold several conversations",
}
RARE = ("tagged", "passed_over", "joined", "more")  # left out where they are 0


def tiles(sources: list[SourceRows]) -> Markup:
    """The counts of all sources together."""
    read, whole = flow.total(sources, "read"), sum(rows.conversations for rows in sources)
    shown = [_tile("", read, f"rows read, from {number(len(sources))} source{'s' * (len(sources) != 1)}", "")]
    for name, title in TITLES.items():
        rows = flow.total(sources, name)
        if rows or name not in RARE:
            shown.append(_tile(name, rows, title, share(rows, whole) if name in ("kept", *LOST) else ""))
    return element("div", shown, class_="tiles")


def _tile(kind: str, rows: int, title: str, part: str) -> Markup:
    return element(
        "div", element("b", number(rows)), element("span", f"{part} {title}".strip()), class_=f"tile {kind}"
    )
