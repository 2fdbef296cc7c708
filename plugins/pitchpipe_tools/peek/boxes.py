"""Tokens as boxes in a line of text: what is learned, what ends a reply, and what white space is there."""

from collections.abc import Iterator, Sequence

from pitchpipe.records.template import Piece
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.peek.tokens import Token, stretches

SEEN = str.maketrans({" ": "\u00b7", "\n": "\u21b5", "\t": "\u21e5", "\r": "\u240d"})
LEGEND = (
    ("t learned", "ab", "learned: it counts in the loss"),
    ("t learned stop", "end", "learned, and ends the reply"),
    ("t control", "tok", "control token, not learned"),
    ("t", "ab", "other text, not learned"),
    ("t bytes", "E2 82", "part of a character, as bytes"),
    ("t cut", "ab", "cut, for the conversation was too long"),
    ("t differs", "ab", "where two columns first differ"),
)


def legend(columns: int) -> Markup:
    shown = LEGEND if columns > 1 else LEGEND[:-1]
    entries = [element("li", element("span", text, class_=kind), words) for kind, text, words in shown]
    space = element("li", "\u00b7 space, \u21b5 line end, \u21e5 tab, [ ] a learned stretch")
    return element("ul", entries, space, class_="legend boxes")


def boxes(tokens: Sequence[Token], cut: Sequence[Token], cut_at: int, differs: int | None) -> Markup:
    """Each token once, in order; `cut` is what was cut at one place."""
    drawn = [_box(token, at == differs) for at, token in enumerate(tokens)]
    gone = element("span", [_box(token, cut=True) for token in cut], class_="rest") if cut else None
    before, after = (_stretches(tokens[part], drawn[part]) for part in (slice(cut_at), slice(cut_at, None)))
    return element("div", before, gone, after, class_="tokens")


def _stretches(tokens: Sequence[Token], drawn: Sequence[Markup]) -> list[Markup]:
    at, found = 0, []
    for some in stretches(tokens):
        shown = drawn[at : at + len(some)]
        found.append(element("span", shown, class_="stretch") if some[0].learned else joined(shown))
        at += len(some)
    return found


def texts(pieces: Sequence[Piece]) -> Markup:
    """The text alone, where there is no tokenizer to cut it."""
    drawn = [
        element("span", visible(piece.text), class_=_kinds(learned=piece.learn, control=piece.control))
        for piece in pieces
        if piece.text
    ]
    return element("div", drawn, class_="tokens texts")


def _box(token: Token, differs: bool = False, cut: bool = False) -> Markup:
    text = token.text
    known = {"learned": token.learned, "stop": token.stop, "control": token.control}
    kinds = _kinds(**known, bytes=text is None, cut=cut, differs=differs)
    said = [name for name, holds in (("learned", token.learned), ("ends a reply", token.stop)) if holds]
    title = ", ".join([f"{token.index}", token.own, *(said or ["not learned"]), *["cut"] * cut])
    shown = token.said.hex(" ").upper() if text is None else visible(text)
    box = element("span", shown or "\u2205", class_=kinds, data_id=token.index, title=title)
    return joined(box, "\n" * text.count("\n")) if text else box


def _kinds(**holds: bool) -> str:
    return " ".join(["t", *(name for name, held in holds.items() if held)])


def visible(text: str) -> str:
    """Text in which every character is seen: white space as signs, what has no shape by its number."""
    if text.isprintable():
        return text.replace(" ", "\u00b7")
    return "".join(_drawn(text.translate(SEEN)))


def _drawn(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else f"<U+{ord(character):04X}>"
