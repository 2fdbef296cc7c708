"""The page of peek: the first rows of each source with every token, in one file."""

from collections.abc import Sequence
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.run.atomic import write as write_whole
from pitchpipe_tools.html import frame
from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.peek.article import article
from pitchpipe_tools.peek.boxes import legend
from pitchpipe_tools.peek.columns import Column
from pitchpipe_tools.peek.hops import PeekedConversation, PeekedRow, peeked_rows
from pitchpipe_tools.peek.packed import packing
from pitchpipe_tools.peek.tokens import count_learned

LONG = 20_000  # characters of a row that the page shows


def write(path: Path, columns: Sequence[Column], count: int, skip: int = 0, only: str | None = None) -> Path:
    """Writes the first rows of each source, or of one source, into a page."""
    rows = list(peeked_rows(columns, count, skip, only))
    if not rows:
        raise PitchpipeError("no rows to show: skip fewer rows with --skip")
    write_whole(path, render(columns, rows).encode("utf-8", "replace"))
    return path


def render(columns: Sequence[Column], rows: Sequence[PeekedRow]) -> str:
    """The page as HTML."""
    missing = dict.fromkeys(line for column in columns for line in column.missing)
    conversations = [peeked for row in rows for peeked in row.conversations]
    named = [(f"r{place}", row) for place, row in enumerate(rows, 1)]
    return frame.page(
        name=columns[0].recipe.path.stem,
        title="rows as tokens",
        subtitle="Rows as tokens",
        links=[element("li", element("a", row.short_place, href=f"#{anchor}")) for anchor, row in named],
        links_label="rows",
        content=[
            _counts(columns, conversations),
            *(element("p", f"No tokens to show: {line}") for line in missing),
            _switch(),
            legend(len(columns)),
            *(_row(anchor, row, columns) for anchor, row in named),
            packing(columns, [peeked for peeked in conversations if peeked.written]),
        ],
        styles=[frame.STYLE, Path(__file__).with_name("tokens.css")],
    )


def _switch() -> Markup:
    """A checkbox that shows all ids, for users who cannot hover. The style sheet reads its state."""
    box = Markup('<input type="checkbox" id="ids">')
    return element("p", element("label", box, " Show the id of every token"), class_="switch")


def _counts(columns: Sequence[Column], conversations: Sequence[PeekedConversation]) -> Markup:
    """The conversations and the tokens of each column."""
    lines = []
    for index, column in enumerate(columns):
        written = [peeked.written[index] for peeked in conversations if peeked.written]
        kept = [conversation.tokens for conversation in written if not conversation.fate]
        tokens, learned = sum(map(len, kept)), sum(map(count_learned, kept))
        counts = map(number, (len(conversations), len(kept), tokens, learned))
        lines.append([column.title, *counts, share(learned, tokens)])
    return table(["written with", "seen", "kept", "tokens", "learned", "share"], lines)


def _row(anchor: str, row: PeekedRow, columns: Sequence[Column]) -> Markup:
    more = len(row.row) - LONG
    text = row.row if more <= 0 else f"{row.row[:LONG]} ... {more} more characters"
    articles = [article(peeked, columns) for peeked in row.conversations]
    return element(
        "section",
        element("h2", row.place, id=anchor),
        articles or element("p", "passed over by sample"),
        element("details", element("summary", "The row as it was read"), element("code", text), class_="raw"),
        aria_labelledby=anchor,
    )
