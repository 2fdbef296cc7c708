"""Text and tokens in colours: learned text is green, or stands between > and < where there are no colours."""

from collections.abc import Sequence

from rich.text import Text

from pitchpipe.records.template import Piece
from pitchpipe_tools.peek.tokens import Token


def styled_pieces(pieces: Sequence[Piece], marks: bool) -> Text:
    text = Text()
    for piece in pieces:
        style = "bold black on green" if piece.learn else "dim" if piece.control else ""
        text.append(_marked(piece.text, piece.learn and bool(piece.text) and marks), style)
    return text


def styled_tokens(tokens: Sequence[Token], marks: bool) -> Text:
    text = Text()
    for token in tokens:
        word = f"{token.name} {token.id}" + " stop" * token.stop
        text.append(_marked(word, token.learned and marks), _style(token))
        text.append("  ")
    return text


def _marked(text: str, marked: bool) -> str:
    return f">{text}<" if marked else text


def _style(token: Token) -> str:
    if token.learned:
        return "bold black on green" if token.stop else "green"
    return "cyan" if token.control else "dim"
