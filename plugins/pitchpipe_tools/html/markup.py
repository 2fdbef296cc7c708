"""HTML in which nothing that comes from data can be taken for HTML: what is not `Markup` is escaped."""

from collections.abc import Container
from html import escape
from typing import Any

VOID = {"meta", "path", "rect", "line"}


class Markup(str):
    """HTML of our own."""


def element(tag: str, *children: Any, **attributes: Any) -> Markup:
    """An element. `class_` is written as class, `aria_label` as aria-label; None leaves an attribute out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: Any) -> Markup:
    """Things one after the other: text is escaped, lists are gone through, None is nothing."""
    parts = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(child)
        elif isinstance(child, list | tuple):
            parts.append(joined(*child))
        elif child is not None:
            parts.append(Markup(escape(str(child))))
    return Markup("".join(parts))


def table(head: list[Any], rows: list[list[Any]], words: int = 1, marked: Container[int] = ()) -> Markup:
    """The first `words` columns are words, the others numbers. Rows that are `marked` stand out."""
    kinds = ["" if index < words else "number" for index in range(len(head))]
    top = element(
        "tr", [element("th", cell, scope="col", class_=k) for cell, k in zip(head, kinds, strict=True)]
    )
    body = [
        element(
            "tr",
            [element("td", cell, class_=k) for cell, k in zip(row, kinds, strict=True)],
            class_="marked" if number in marked else None,
        )
        for number, row in enumerate(rows)
    ]
    whole = element("table", element("thead", top), element("tbody", body))
    return element(
        "div", whole, class_="scroll", tabindex=0, role="region", aria_label=f"table: {head[0] or head[1]}"
    )


# --- Numbers --------------------------------------------------------------------------------------


def number(value: float | str | None) -> str:
    """As a person reads it: 12,345 or 0.0312."""
    if value is None or isinstance(value, str):
        return value or ""
    if value == int(value) if abs(value) < 1e15 else False:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"


def brief(value: float) -> str:
    """For an axis: 10k, 2.5M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def share(part: float, whole: float) -> str:
    """A share that is not called 0 % or 100 % unless it is."""
    if not whole:
        return "0%"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.1f}%"
