"""Tokens as boxes in a line of text, with signs for white space."""

from collections.abc import Iterator, Sequence

from pitchpipe.records.template import Piece
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.peek.tokens import Token, stretches

SIGNS = str.maketrans({" ": "\u00b7", "\n": "\u21b5", "\t": "\u21e5", "\r": "\u240d"})
LEGEND = (  # class, text in the box, meaning
    ("learned", "ab", "learned: it counts in the loss"),
    ("learned stop", "end", "learned, and ends the reply"),
    ("control", "tok", "control token, not learned"),
    (None, "ab", "other text, not learned"),
    ("bytes", "E2 82", "part of a character, as bytes"),
    ("cut", "ab", "cut, because the conversation was too long"),
    ("differs", "ab", "where two columns first differ"),
)
FIRST, LAST = 2000, 1000  # tokens of a longer conversation that are drawn


def legend(columns: int) -> Markup:
    entries = LEGEND if columns > 1 else LEGEND[:-1]
    items = [element("li", element("b", text, class_=kind), meaning) for kind, text, meaning in entries]
    signs = element("li", "\u00b7 space, \u21b5 line end, \u21e5 tab, [ ] a learned stretch")
    return element("ul", items, signs, class_="legend boxes")


def boxes(tokens: Sequence[Token], cut: Sequence[Token], cut_at: int, differs: int | None) -> Markup:
    """A box for each token. The tokens in `cut` stood before the token at `cut_at`."""
    drawn = _drawn([_box(token, index == differs) for index, token in enumerate(tokens)])
    removed = (
        element("span", _drawn([_box(token, cut=True) for token in cut]), class_="rest") if cut else None
    )
    before = _stretches(tokens[:cut_at], drawn[:cut_at])
    after = _stretches(tokens[cut_at:], drawn[cut_at:])
    return element("div", before, removed, after, class_="tokens")


def _drawn(boxes: list[Markup]) -> list[Markup]:
    """The boxes, without those in the middle of very many."""
    left_out = range(FIRST, len(boxes) - LAST)
    if left_out:
        note = element("span", f" ... {len(left_out):,} tokens are left out ... ", class_="quiet")
        boxes[FIRST : len(boxes) - LAST] = [note, *[Markup()] * (len(left_out) - 1)]
    return boxes


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
        element("b", visible(piece.text), class_=_classes(learned=piece.learn, control=piece.control))
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
    box = element("b", shown or "\u2205", class_=classes, data_id=token.id, title=f"{token.id}, {token.name}")
    return joined(box, "\n" * text.count("\n")) if text else box


def _classes(**flags: bool) -> str | None:
    return " ".join(name for name, is_set in flags.items() if is_set) or None


def visible(text: str) -> str:
    """Text with a sign for each white space, and a number for each other character that cannot be seen."""
    if text.isprintable():
        return text.replace(" ", "\u00b7")
    return "".join(_shapes(text.translate(SIGNS)))


def _shapes(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else f"<U+{ord(character):04X}>"
