"""HTML in which text from data never becomes a tag: every text that is not `Markup` is escaped."""

from collections.abc import Container, Sequence
from html import escape

NARROW = 4  # columns that fit on a phone
VOID = {"meta", "path", "rect", "line", "input"}  # elements without an end tag


class Markup(str):
    """HTML that is written as it is."""


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """An element. `class_` becomes class, `aria_label` becomes aria-label, None leaves an attribute out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: object) -> Markup:
    """The children in order: text is escaped, lists and tuples are flattened, None is left out."""
    parts = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(child)
        elif isinstance(child, list | tuple):
            parts.append(joined(*child))
        elif child is not None:
            parts.append(Markup(escape(str(child))))
    return Markup("".join(parts))


def with_code(text: str) -> Markup:
    """A sentence in which what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return joined(text)
    return joined(*(element("code", part) if index % 2 else part for index, part in enumerate(parts)))


def table(
    head: Sequence[object],
    rows: Sequence[Sequence[object]],
    words: int = 1,
    marked: Container[int] = (),
    labelled: bool = False,
    numbers: Container[int] | None = None,
) -> Markup:
    """A table. The first `words` columns hold words, the others numbers; or just those in `numbers` do. Rows
    in `marked` are highlighted.

    On a narrow screen each row of a wide table becomes a paragraph with the titles beside the numbers; where
    it is `labelled`, beside all but the first.
    """
    columns = range(words, len(head)) if numbers is None else numbers
    classes = ["number" if column in columns else "" for column in range(len(head))]
    is_wide = len(head) > NARROW
    beside = [is_wide and (bool(name) or (labelled and column > 0)) for column, name in enumerate(classes)]
    labels = [cell if is_beside else None for cell, is_beside in zip(head, beside, strict=True)]
    titles = [element("th", cell, scope="col", class_=name) for cell, name in zip(head, classes, strict=True)]
    lines = [_line(row, classes, labels, number in marked) for number, row in enumerate(rows)]
    whole = element(
        "table",
        element("thead", element("tr", titles)),
        element("tbody", lines),
        class_="wide" if is_wide else None,
    )
    return element(
        "div", whole, class_="scroll", tabindex=0, role="region", aria_label=f"table: {head[0] or head[1]}"
    )


def _line(row: Sequence[object], classes: list[str], labels: Sequence[object], marked: bool) -> Markup:
    cells = [
        element("td", cell, class_=name or None, data_label=label)
        for cell, name, label in zip(row, classes, labels, strict=True)
    ]
    return element("tr", cells, class_="marked" if marked else None)
