"""The sections about what is easily overlooked: repeats between rows, and columns that nobody read."""

from pitchpipe_stages.data.ledger import SourceRows
from pitchpipe_stages.prepare.result import RepeatCounts
from pitchpipe_tools.html.markup import Markup, table
from pitchpipe_tools.html.numbers import number, share

COLUMNS = 40  # with a line of their own


def repeats(found: RepeatCounts) -> Markup:
    """A line for train, and for each held-out side. A side of which train knows questions is highlighted."""
    rows = [("train: repeat another", found.train, found.repeated)]
    rows += [("train: to the letter", found.train, found.to_the_letter)]
    rows += [
        (f"{name}: in train as well", side.conversations, side.in_train)
        for name, side in found.held_out.items()
    ]
    marked = {index for index, (name, _, count) in enumerate(rows) if count and not name.startswith("train")}
    lines = [[name, number(whole), number(count), share(count, whole)] for name, whole, count in rows]
    return table(["side", "conversations", "of these", "share"], lines, marked=marked)


def unread(sources: dict[str, SourceRows]) -> Markup | None:
    """A line for each column that nobody read, the one with most rows first."""
    found = [
        (name, column, rows, source.read)
        for name, source in sources.items()
        for column, rows in source.unread.items()
    ]
    ranked = sorted(found, key=lambda line: -line[2])
    lines = [
        [column[:80], name[:120], number(rows), share(rows, read)]
        for name, column, rows, read in ranked[:COLUMNS]
    ]
    if more := ranked[COLUMNS:]:
        lines.append([f"{number(len(more))} others", "", number(sum(line[2] for line in more)), ""])
    return table(["column", "source", "rows", "share"], lines, words=2) if lines else None
