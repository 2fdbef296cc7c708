"""Rows at every hop, as text in a terminal."""

from collections.abc import Sequence

from pitchpipe.records.conversation import Message, replace
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.learns import learns
from pitchpipe_tools.message_lines import lines_of
from pitchpipe_tools.peek.columns import Column, WrittenConversation
from pitchpipe_tools.peek.hops import Hop, PeekedConversation, PeekedRow, peeked_rows
from pitchpipe_tools.peek.styled import styled_pieces, styled_tokens
from pitchpipe_tools.peek.tokens import Token, count_learned, count_stretches, first_difference

SHOWN = 60  # tokens
ROW = 2000  # characters
WHAT = {
    "replies": "learned text is marked",
    "pairs": "the chosen side and then the rejected one; learned text is marked",
    "judged": "learned text is marked; what is rejected is learned as bad",
    "prompts": "the prompt; nothing of it is learned",
}


def show(
    columns: Sequence[Column],
    console: RichConsole,
    count: int,
    skip: int = 0,
    only: str | None = None,
    all_tokens: bool = False,
) -> None:
    """Shows the first rows of each source, or of one source."""
    terminal = _Terminal(columns, console, all_tokens)
    kept = []
    for row in peeked_rows(columns, count, skip, only):
        terminal.row(row)
        kept += [peeked for peeked in row.conversations if peeked.written]
    terminal.packing(kept)
    for line in dict.fromkeys(line for column in columns for line in column.missing):
        console.say(f"[yellow]no tokens to show:[/] {escape(line)}")


class _Terminal:
    """Shows rows on a console."""

    def __init__(self, columns: Sequence[Column], console: RichConsole, all_tokens: bool):
        self.columns, self.console, self.all_tokens = columns, console, all_tokens
        self.marks = not console.rich.is_terminal  # > and < instead of colours

    def _head(self, title: str, words: str) -> None:
        self.console.say(f"[bold cyan]{escape(title)}[/]  {escape(words)}")

    # --- Rows and hops -----------------------------------------------------------------------------

    def row(self, row: PeekedRow) -> None:
        self._head("row", row.place)
        more = 0 if self.all_tokens else max(len(row.row) - ROW, 0)
        self.console.plain(row.row[: len(row.row) - more])
        if more:
            self.console.say(f"[dim]and {more:,} more characters; --all-tokens shows all[/]")
        for peeked in row.conversations:
            for hop in peeked.before:
                self._hop(hop)
            if peeked.conversation is not None:
                self._conversation(peeked)

    def _conversation(self, peeked: PeekedConversation) -> None:
        conversation = peeked.conversation
        assert conversation
        category = f", category {conversation.category}" if conversation.category else ""
        self._head("conversation", conversation.id + category)
        self._messages(conversation.messages)
        if conversation.rejected:
            self._messages([replace(conversation.rejected, role="rejected")])
        for hop in peeked.hops:
            self._hop(hop)
        if not peeked.lost:
            self._columns(peeked)

    def _columns(self, peeked: PeekedConversation) -> None:
        for column, written in zip(self.columns, peeked.written, strict=False):
            if column is not self.columns[0]:
                self._head("beside", column.title)
            self._written(column, written)
        if len(peeked.written) > 1 and all(written.tokens for written in peeked.written):
            self._difference(*(written.tokens for written in peeked.written[:2]))
        self.console.say()

    def _hop(self, hop: Hop) -> None:
        words = f"[red]{escape(hop.words)}[/]\n" if hop.fate else escape(hop.words)
        scores = f"  [dim]{escape(hop.scores)}[/]" if hop.scores else ""
        self.console.say(f"[bold cyan]{escape(hop.stage)}[/]  {words}{scores}")
        self._messages(hop.messages)

    def _messages(self, messages: Sequence[Message]) -> None:
        for message in messages:
            for what, words in lines_of(message):
                self.console.plain(f"{what}: {words}")

    # --- Text and tokens ---------------------------------------------------------------------------

    def _written(self, column: Column, written: WrittenConversation) -> None:
        if written.pieces:
            self._head(
                f"template {column.template.name if column.template else ''}", WHAT[learns(column.recipe)]
            )
            self.console.rich.print(styled_pieces(written.pieces, self.marks))
        if written.tokens:
            self._tokens(written.tokens, column.stop)
        if written.fate or written.reason:
            self._head(written.fate or written.step, written.reason)

    def _tokens(self, tokens: Sequence[Token], stop: str) -> None:
        stretches, stopped = count_stretches(tokens)
        self._head(
            "tokens",
            f"{len(tokens)}, of which {count_learned(tokens)} are learned;"
            f" learned stretches: {stretches}, of which end in {stop}: {stopped}",
        )
        shown = tokens if self.all_tokens else tokens[-SHOWN:]
        if len(shown) < len(tokens):
            self.console.say(f"[dim]the last {SHOWN}; --all-tokens shows all:[/]")
        self.console.rich.print(styled_tokens(shown, self.marks))

    def _difference(self, left: Sequence[Token], right: Sequence[Token]) -> None:
        counts = f"{len(left)} tokens and {len(right)} ({len(right) - len(left):+})"
        index = first_difference(left, right)
        if index is None:
            self._head("difference", f"none in what is said and learned: {counts}")
            return
        both = f"{_described(left, index)} and {_described(right, index)}"
        self._head("difference", f"{counts}; the first at token {index + 1}: {both}")

    def packing(self, kept: Sequence[PeekedConversation]) -> None:
        """Shows which conversations would share a row."""
        for number, column in enumerate(self.columns):
            rows = column.packed([peeked.written[number] for peeked in kept])
            if sum(map(len, rows)) < 2:
                continue
            if number:
                self._head("beside", column.title)
            for place, row in enumerate(rows, 1):
                tokens = sum(part.tokens for part in row)
                limit = f" of {column.length}" if column.length else ""
                places = "; ".join(kept[part.conversation].place for part in row)
                self._head(f"packed row {place}", f"{tokens}{limit} tokens: {places}")


def _described(tokens: Sequence[Token], index: int) -> str:
    if index >= len(tokens):
        return "the end"
    token = tokens[index]
    return f"{token.name} {token.id}" + " learned" * token.learned
