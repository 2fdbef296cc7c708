"""Tokens as boxes in a line of text, with signs for white space."""

from collections.abc import Iterator, Sequence

from pitchpipe.records.template import Piece
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.peek.tokens import Token, stretches

SIGNS = str.maketrans({" ": "\u00b7", "\n": "\u21b5", "\t": "\u21e5", "\r": "\u240d"})
LEGEND = (  # class, text in the box, meaning
    ("t learned", "ab", "learned: it counts in the loss"),
    ("t learned stop", "end", "learned, and ends the reply"),
    ("t control", "tok", "control token, not learned"),
    ("t", "ab", "other text, not learned"),
    ("t bytes", "E2 82", "part of a character, as bytes"),
    ("t cut", "ab", "cut, because the conversation was too long"),
    ("t differs", "ab", "where two columns first differ"),
)


def legend(columns: int) -> Markup:
    entries = LEGEND if columns > 1 else LEGEND[:-1]
    items = [element("li", element("span", text, class_=kind), meaning) for kind, text, meaning in entries]
    signs = element("li", "\u00b7 space, \u21b5 line end, \u21e5 tab, [ ] a learned stretch")
    return element("ul", items, signs, class_="legend boxes")


def boxes(tokens: Sequence[Token], cut: Sequence[Token], cut_at: int, differs: int | None) -> Markup:
    """A box for each token. The tokens in `cut` stood before the token at `cut_at`."""
    drawn = [_box(token, index == differs) for index, token in enumerate(tokens)]
    removed = element("span", [_box(token, cut=True) for token in cut], class_="rest") if cut else None
    before = _stretches(tokens[:cut_at], drawn[:cut_at])
    after = _stretches(tokens[cut_at:], drawn[cut_at:])
    return element("div", before, removed, after, class_="tokens")


def _stretches(tokens: Sequence[Token], drawn: Sequence[Markup]) -> list[Markup]:
    """The boxes, with an element around each learned stretch."""
    start, grouped = 0, []
    for stretch in stretches(tokens):
        group = drawn[start : start + len(stretch)]
        grouped.append(element("span", group, class_="stretch") if stretch[0].learned else joined(group))
        start += len(stretch)
    return grouped


def texts(pieces: Sequence[Piece]) -> Markup:
    """The pieces of a template, for a column without a tokenizer."""
    drawn = [
        element("span", visible(piece.text), class_=_classes(learned=piece.learn, control=piece.control))
        for piece in pieces
        if piece.text
    ]
    return element("div", drawn, class_="tokens texts")


def _box(token: Token, differs: bool = False, cut: bool = False) -> Markup:
    text = token.text
    classes = _classes(
        learned=token.learned,
        stop=token.stop,
        control=token.control,
        bytes=text is None,
        cut=cut,
        differs=differs,
    )
    shown = token.utf8.hex(" ").upper() if text is None else visible(text)
    box = element("span", shown or "\u2205", class_=classes, data_id=token.id, title=_tooltip(token, cut))
    return joined(box, "\n" * text.count("\n")) if text else box


def _tooltip(token: Token, cut: bool) -> str:
    facts = ["learned"] * token.learned + ["ends a reply"] * token.stop
    return ", ".join([str(token.id), token.name, *(facts or ["not learned"]), *["cut"] * cut])


def _classes(**flags: bool) -> str:
    return " ".join(["t", *(name for name, is_set in flags.items() if is_set)])


def visible(text: str) -> str:
    """Text with a sign for each white space, and a number for each other character that cannot be seen."""
    if text.isprintable():
        return text.replace(" ", "\u00b7")
    return "".join(_shapes(text.translate(SIGNS)))


def _shapes(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else f"<U+{ord(character):04X}>"
