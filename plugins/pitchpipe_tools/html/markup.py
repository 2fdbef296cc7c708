"""HTML in which text from data never becomes a tag: every text that is not `Markup` is escaped."""

from collections.abc import Container, Sequence
from html import escape

VOID = {"meta", "path", "rect", "line"}  # elements without an end tag


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


def table(
    head: Sequence[object], rows: Sequence[Sequence[object]], words: int = 1, marked: Container[int] = ()
) -> Markup:
    """A table. The first `words` columns hold words, the others numbers. Rows in `marked` are highlighted."""
    classes = ["" if column < words else "number" for column in range(len(head))]
    titles = [element("th", cell, scope="col", class_=name) for cell, name in zip(head, classes, strict=True)]
    lines = [_line(row, classes, number in marked) for number, row in enumerate(rows)]
    whole = element("table", element("thead", element("tr", titles)), element("tbody", lines))
    return element(
        "div", whole, class_="scroll", tabindex=0, role="region", aria_label=f"table: {head[0] or head[1]}"
    )


def _line(row: Sequence[object], classes: list[str], marked: bool) -> Markup:
    cells = [element("td", cell, class_=name) for cell, name in zip(row, classes, strict=True)]
    return element("tr", cells, class_="marked" if marked else None)
