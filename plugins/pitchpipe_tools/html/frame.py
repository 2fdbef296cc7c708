"""What pages share: one file without a script, nothing fetched, a head, links, content and who wrote it."""

from pathlib import Path
from typing import Any

from pitchpipe import __version__
from pitchpipe_tools.html.markup import Markup, element

STYLE = Path(__file__).with_name("style.css")
NOTHING_FROM_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'"


def framed(
    name: str,
    title: str,
    words: str,
    links: list[Any],
    label: str,
    content: Any,
    styles: list[Path],
    more: str = "",
) -> str:
    """A whole page. `words` stand below its name, `label` says what the links are, `more` ends the page."""
    body = [
        element("a", "To the content", href="#content", class_="skip"),
        element("header", element("h1", name), element("p", words, class_="quiet")),
        element("nav", element("ul", links), aria_label=label),
        element("main", content, id="content"),
        element("footer", f"Written by pitchpipe {__version__}.{more}"),
    ]
    head = _head(f"{name}: {title}", styles)
    return f'<!doctype html>\n<html lang="en">{head}{element("body", body)}</html>\n'


def _head(title: str, styles: list[Path]) -> Markup:
    style = (file.read_text("utf-8") for file in styles)
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=NOTHING_FROM_OUTSIDE),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup("".join(style))),
    )
