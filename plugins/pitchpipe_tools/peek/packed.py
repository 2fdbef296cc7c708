"""Which conversations of the page would share a row, where the collator packs."""

from collections.abc import Sequence

from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, number, share, table
from pitchpipe_tools.peek.columns import Column
from pitchpipe_tools.peek.hops import PeekedConversation

PACKED = "In the first epoch, if there were no other conversations than these. A run plans over all it has."


def packing(
    columns: Sequence[Column], seen: Sequence[PeekedConversation], places: dict[int, str]
) -> Markup | None:
    drawn = [
        _packed(column, seen, rows, places)
        for at, column in enumerate(columns)
        if (rows := column.packed([one.written[at] for one in seen]))
    ]
    head = element("h2", "Packed together", id="packed"), element("p", PACKED, class_="quiet")
    return element("section", head, drawn, aria_labelledby="packed") if drawn else None


def _packed(
    column: Column,
    seen: Sequence[PeekedConversation],
    rows: list[list[tuple[int, int]]],
    places: dict[int, str],
) -> Markup:
    """Each row that the collator plans, as a bar of its conversations."""
    length = column.length
    lines = []
    for line, row in enumerate(rows, 1):
        sizes = [(seen[place], size) for place, size in row]
        tokens = sum(size for _, size in sizes)
        links = [
            [element("a", one.place, href=f"#{places[id(one)]}"), f" {number(size)} "] for one, size in sizes
        ]
        drawn = bar([("kept", size, one.place) for one, size in sizes], length or tokens)
        lines.append([line, [drawn, links], number(tokens), share(tokens, length or tokens)])
    return element(
        "div",
        element("h3", column.title),
        table(["row", "conversations and their tokens", "tokens", "filled"], lines, words=2),
        class_="packed",
    )
