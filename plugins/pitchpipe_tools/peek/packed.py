"""The section of the page about packing: which conversations would share a row."""

from collections.abc import Sequence

from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.peek.article import anchor
from pitchpipe_tools.peek.columns import Column, PackedPart
from pitchpipe_tools.peek.hops import PeekedConversation

PACKED = "The rows of an epoch of these conversations alone. A run packs all its conversations."


def packing(columns: Sequence[Column], conversations: Sequence[PeekedConversation]) -> Markup | None:
    """A table for each column whose collator packs."""
    drawn = [
        _column(column, conversations, rows)
        for number, column in enumerate(columns)
        if (rows := column.packed([peeked.written[number] for peeked in conversations]))
    ]
    head = element("h2", "Packed together", id="packed"), element("p", PACKED, class_="quiet")
    return element("section", head, drawn, aria_labelledby="packed") if drawn else None


def _column(
    column: Column, conversations: Sequence[PeekedConversation], rows: list[list[PackedPart]]
) -> Markup:
    lines = []
    for line, row in enumerate(rows, 1):
        parts = [(conversations[part.conversation], part.tokens) for part in row]
        tokens = sum(part.tokens for part in row)
        whole = column.length or tokens
        links = [
            [element("a", peeked.place, href=f"#{anchor(peeked)}"), f" {number(size)} "]
            for peeked, size in parts
        ]
        drawn = bar([("kept", size, peeked.place) for peeked, size in parts], whole)
        lines.append([line, [drawn, links], number(tokens), share(tokens, whole)])
    head = ["row", "conversations and their tokens", "tokens", "filled"]
    return element("div", element("h3", column.title), table(head, lines, words=2), class_="packed")
