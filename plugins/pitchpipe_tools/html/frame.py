"""The frame of every page: one file without scripts that fetches nothing."""

from collections.abc import Sequence
from pathlib import Path

from pitchpipe import __version__
from pitchpipe_tools.html.markup import Markup, element

STYLE = Path(__file__).with_name("style.css")
NOTHING_FROM_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'"


def page(
    *,
    name: str,
    title: str,
    subtitle: str,
    links: Sequence[Markup],
    links_label: str,
    content: Sequence[object],
    styles: Sequence[Path],
    footer: str = "",
) -> str:
    """The HTML of a whole page. The browser's tab shows `title`, a screen reader says `links_label`."""
    body = [
        element("a", "To the content", href="#content", class_="skip"),
        element("header", element("h1", name), element("p", subtitle, class_="quiet")),
        element("nav", element("ul", links), aria_label=links_label),
        element("main", content, id="content"),
        element("footer", f"Written by pitchpipe {__version__}.{footer}"),
    ]
    head = _head(f"{name}: {title}", styles)
    return f'<!doctype html>\n<html lang="en">{head}{element("body", body)}</html>\n'


def _head(title: str, styles: Sequence[Path]) -> Markup:
    style = "".join(file.read_text("utf-8") for file in styles)
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=NOTHING_FROM_OUTSIDE),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(style)),
    )
