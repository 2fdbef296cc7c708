"""One conversation at every hop, as text in a terminal."""

from collections.abc import Sequence
from typing import Any

from pitchpipe.records.conversation import Message
from pitchpipe.records.template import Piece
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_tools.peek.columns import Column, Written
from pitchpipe_tools.peek.hops import Hop, PeekedConversation, PeekedRow, peeked_rows
from pitchpipe_tools.peek.tokens import Token, ended, learned, parting

SHOWN = 60  # tokens


def show(
    columns: Sequence[Column],
    console: RichConsole,
    count: int,
    skip: int = 0,
    only: str | None = None,
    all_tokens: bool = False,
) -> None:
    """Rows as the first column's recipe reads them, written by each column's template and tokenizer."""
    terminal = _Terminal(columns, console, all_tokens)
    kept = []
    for row in peeked_rows(columns, count, skip, only):
        terminal.row(row)
        kept += [seen for seen in row.conversations if seen.written]
    terminal.packing(kept)
    for line in dict.fromkeys(line for column in columns for line in column.missing):
        console.say(f"[yellow]no tokens to show:[/] {line}")


class _Terminal:
    """Learned text is green in a terminal and stands between > and < elsewhere."""

    def __init__(self, columns: Sequence[Column], console: RichConsole, all_tokens: bool):
        self.columns, self.console, self.all_tokens = columns, console, all_tokens
        self.plain = not console.rich.is_terminal

    def row(self, row: PeekedRow) -> None:
        self._head("row", row.place)
        self.console.plain(row.row)
        for seen in row.conversations:
            self._seen(seen)

    def _seen(self, seen: PeekedConversation) -> None:
        for hop in seen.before:
            self._hop(hop)
        if seen.conversation is None:
            return
        category = seen.conversation.category
        self._head("conversation", seen.conversation.id + f", category {category}" * bool(category))
        self._messages(seen.conversation.messages)
        for hop in seen.hops:
            self._hop(hop)
        if seen.lost:
            return
        for column, written in zip(self.columns, seen.written, strict=False):
            if column is not self.columns[0]:
                self._head("beside", column.title)
            self._written(column, written)
        if len(seen.written) > 1 and all(one.tokens for one in seen.written):
            self._difference(*seen.written[:2])
        self.console.say()

    def _hop(self, hop: Hop) -> None:
        said = f"[red]{escape(hop.words)}[/]\n" if hop.fate else escape(hop.words)
        scores = f"  [dim]{escape(hop.scores)}[/]" if hop.scores else ""
        self.console.say(f"[bold cyan]{escape(hop.stage)}[/]  {said}{scores}")
        self._messages(hop.messages)

    def _messages(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.console.plain(f"{message.role}: {message.content}")
            if message.context:
                self.console.plain(f"  context: {message.context}")

    # --- Text and tokens ---------------------------------------------------------------------------

    def _written(self, column: Column, written: Written) -> None:
        if written.pieces:
            self._head(
                f"template {column.template.name if column.template else ''}", "learned text is marked"
            )
            self._pieces(written.pieces)
        if written.tokens:
            stretches, stopped = ended(written.tokens)
            self._head(
                "tokens",
                f"{len(written.tokens)}, of which {learned(written.tokens)} are learned;"
                f" learned stretches: {stretches}, of which end in {column.terminator}: {stopped}",
            )
            self._tokens(written.tokens)
        if written.fate:
            self._head(written.fate, written.reason)
        elif written.reason:
            self._head("length", written.reason)

    def _pieces(self, pieces: Sequence[Piece]) -> None:
        from rich.text import Text

        text = Text()
        for piece in pieces:
            words = f">{piece.text}<" if piece.learn and piece.text and self.plain else piece.text
            text.append(words, "bold black on green" if piece.learn else "dim" if piece.control else "")
        self.console.rich.print(text)

    def _tokens(self, tokens: Sequence[Token]) -> None:
        from rich.text import Text

        shown = tokens if self.all_tokens else tokens[-SHOWN:]
        if len(shown) < len(tokens):
            self.console.say(f"[dim]the last {SHOWN}; --all-tokens shows all:[/]")
        text = Text()
        for token in shown:
            word = f"{token.own} {token.index}" + " stop" * token.stop
            text.append(f">{word}<" if token.learned and self.plain else word, _style(token))
            text.append("  ")
        self.console.rich.print(text)

    def _difference(self, one: Written, other: Written) -> None:
        more = len(other.tokens) - len(one.tokens)
        counts = f"{len(one.tokens)} tokens and {len(other.tokens)} ({more:+})"
        at = parting(one.tokens, other.tokens)
        if at is None:
            self._head("difference", f"none in what is said and learned: {counts}")
            return
        left, right = (_named(written.tokens, at) for written in (one, other))
        self._head("difference", f"{counts}; the first at token {at + 1}: {left} and {right}")

    def packing(self, kept: Sequence[PeekedConversation]) -> None:
        """Which of the conversations that were shown would share a row."""
        for number, column in enumerate(self.columns):
            rows = column.packed([seen.written[number] for seen in kept])
            if sum(map(len, rows)) < 2:
                continue
            if number:
                self._head("beside", column.title)
            for row, kept_in in enumerate(rows, 1):
                tokens = sum(size for _, size in kept_in)
                limit = column.length
                self._head(
                    f"packed row {row}",
                    f"{tokens}{f' of {limit}' * bool(limit)} tokens: "
                    + "; ".join(kept[place].place for place, _ in kept_in),
                )

    def _head(self, hop: str, what: str) -> None:
        self.console.say(f"[bold cyan]{escape(hop)}[/]  {escape(what)}")


def _style(token: Token) -> str:
    if token.learned:
        return "bold black on green" if token.stop else "green"
    return "cyan" if token.control else "dim"


def _named(tokens: Sequence[Token], at: int) -> Any:
    """A token where two ways part: its name, its number, and whether it is learned."""
    if at >= len(tokens):
        return "the end"
    token = tokens[at]
    return f"{token.own} {token.index}" + " learned" * token.learned
