"""The page that `peek` writes: each token of a few conversations, in one file without a script."""

from collections.abc import Sequence
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Message
from pitchpipe.run.atomic import write as write_whole
from pitchpipe_tools.html.frame import STYLE, framed
from pitchpipe_tools.html.markup import Markup, element, number, share, table
from pitchpipe_tools.peek.boxes import boxes, legend, texts
from pitchpipe_tools.peek.columns import Column, Written
from pitchpipe_tools.peek.hops import Hop, PeekedConversation, PeekedRow, peeked_rows
from pitchpipe_tools.peek.packed import packing
from pitchpipe_tools.peek.tokens import ended, learned, parting

FOLDED = 600  # tokens from which on a conversation is shown when asked for
LONG = 20_000  # characters of a row that are shown


def write(path: Path, columns: Sequence[Column], count: int, skip: int = 0, only: str | None = None) -> Path:
    """The first rows of each source, written into a page."""
    rows = list(peeked_rows(columns, count, skip, only))
    if not rows:
        raise PitchpipeError("no rows to show: take fewer away with --skip")
    write_whole(path, render(columns, rows).encode("utf-8", "replace"))
    return path


def render(columns: Sequence[Column], rows: Sequence[PeekedRow]) -> str:
    name = columns[0].recipe.path.stem
    missing = dict.fromkeys(line for column in columns for line in column.missing)
    seen = [seen for row in rows for seen in row.conversations]
    places = {id(one): f"c{place}" for place, one in enumerate(seen, 1)}
    links = [element("li", element("a", row.place, href=f"#r{at}")) for at, row in enumerate(rows, 1)]
    content = [
        _counts(columns, seen),
        *(element("p", f"No tokens to show: {line}") for line in missing),
        _switch(),
        legend(len(columns)),
        *(_row(f"r{at}", row, columns, places) for at, row in enumerate(rows, 1)),
        packing(columns, [one for one in seen if one.written], places),
    ]
    styles = [STYLE, Path(__file__).with_name("tokens.css")]
    return framed(name, "rows as tokens", "Rows as tokens", links, "rows", content, styles)


def _switch() -> Markup:
    """Ids for those who cannot hover: the style sheet shows them while this is on."""
    box = Markup('<input type="checkbox" id="ids">')
    return element("p", element("label", box, " Show the id of every token"), class_="switch")


def _counts(columns: Sequence[Column], seen: Sequence[PeekedConversation]) -> Markup:
    """What each column makes of all conversations on the page."""
    lines = []
    for at, column in enumerate(columns):
        written = [one.written[at] for one in seen if one.written]
        kept = [one for one in written if not one.fate]
        tokens, counted = sum(len(one.tokens) for one in kept), sum(learned(one.tokens) for one in kept)
        lines.append(
            [column.title, *map(number, (len(seen), len(kept), tokens, counted)), share(counted, tokens)]
        )
    return table(["written with", "seen", "kept", "tokens", "learned", "share"], lines)


# --- A row ----------------------------------------------------------------------------------------


def _row(at: str, row: PeekedRow, columns: Sequence[Column], places: dict[int, str]) -> Markup:
    text = row.row if len(row.row) <= LONG else f"{row.row[:LONG]} ... {len(row.row) - LONG} more characters"
    return element(
        "section",
        element("h2", row.place, id=at),
        element("details", element("summary", "The row as it was read"), element("code", text), class_="raw"),
        [_seen(one, columns, places[id(one)]) for one in row.conversations]
        or element("p", "passed over by sample"),
        aria_labelledby=at,
    )


def _seen(seen: PeekedConversation, columns: Sequence[Column], place: str) -> Markup:
    conversation = seen.conversation
    said = [element("li", _hop(hop)) for hop in (*seen.before, *seen.hops)]
    named = conversation and (f"category {conversation.category}, " * bool(conversation.category))
    facts = element("p", f"{named}id {conversation.id}", class_="facts") if conversation else None
    parts = [facts, element("ul", said, class_="hops") if said else None]
    if seen.written:
        parts.append(_columns(seen, columns))
    elif conversation:
        parts.append(_words(conversation.messages))
    return element("article", parts, id=place, class_="lost" if seen.lost else None)


def _hop(hop: Hop) -> list[object]:
    fate = element("span", element("i", class_=hop.fate), hop.fate, class_="fate") if hop.fate else None
    scores = element("small", f" {hop.scores}", class_="quiet") if hop.scores else None
    stage = None if hop.stage == hop.fate else element("b", hop.stage)
    return [fate, " ", stage, " ", hop.words, scores]


def _words(messages: Sequence[Message]) -> Markup:
    """What is said in a conversation that came to no template."""
    lines = [
        (
            element("dt", message.role),
            element("dd", "\n".join(filter(None, (message.content, message.context)))),
        )
        for message in messages
    ]
    return element("div", element("dl", lines), class_="example")


def _columns(seen: PeekedConversation, columns: Sequence[Column]) -> Markup:
    written = seen.written
    both = len(written) > 1 and all(one.tokens for one in written)
    differs = parting(written[0].tokens, written[1].tokens) if both else None
    drawn = [
        _column(column, one, written[0] if both and at else None, differs, len(columns) > 1)
        for at, (column, one) in enumerate(zip(columns, written, strict=True))
    ]
    return element("div", drawn, class_="beside" if len(written) > 1 else None)


def _column(column: Column, one: Written, first: Written | None, differs: int | None, titled: bool) -> Markup:
    fate = element("p", _hop(Hop(one.fate or "length", one.reason, fate=one.fate))) if one.reason else None
    title = element("h3", column.title) if titled else None
    if not one.tokens:
        return element("div", title, fate, texts(one.pieces), class_="column")
    facts = _facts(one, column.terminator, first)
    summary = element("summary", f"{number(len(one.tokens))} tokens", element("small", facts))
    small = len(one.tokens) + len(one.cut) <= FOLDED
    shown = [summary, boxes(one.tokens, one.cut, one.cut_at, differs)]
    folded = element("details", shown, open="open" if small else None, class_="one")
    return element("div", title, fate, folded, class_="column" + " dropped" * bool(one.fate))


def _facts(one: Written, terminator: str, first: Written | None) -> str:
    counted, (found, stopped) = learned(one.tokens), ended(one.tokens)
    words = [f"{number(counted)} learned, {share(counted, len(one.tokens))}"]
    if found != stopped:
        words.append(f"{found - stopped} of {found} learned stretches do not end in {terminator}")
    if one.cut:
        words.append(f"{number(len(one.cut))} more were cut")
    if first:
        words.append(f"{len(one.tokens) - len(first.tokens):+,} beside the first column")
    return "; ".join(words)
