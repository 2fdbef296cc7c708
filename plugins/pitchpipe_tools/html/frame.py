"""The frame of every page: one file that fetches nothing, and runs no script but its own."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from pitchpipe import __version__
from pitchpipe_tools.html.markup import Markup, element

STYLE = Path(__file__).with_name("style.css")
NOTHING_FROM_OUTSIDE = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"


def page(
    *,
    name: str,
    title: str,
    subtitle: str,
    links: Sequence[Markup],
    links_label: str,
    content: Sequence[object],
    styles: Sequence[Path],
    scripts: Sequence[Path] = (),
    footer: str = "",
    asks_again: bool = False,
) -> str:
    """The HTML of a whole page. The browser's tab shows `title`, a screen reader says `links_label`.

    A script is known to the page by its hash: none in the text of data can run. It `asks_again` for parts of
    the page where a server has sent it: that server alone can be asked."""
    codes = [file.read_text("utf-8") for file in scripts]
    body = [
        element("a", "To the content", href="#content", class_="skip"),
        element("header", element("h1", name), element("p", subtitle, class_="quiet")),
        element("nav", element("ul", links), aria_label=links_label) if links else None,
        element("main", content, id="content"),
        element("footer", f"Written by pitchpipe {__version__}.{footer}"),
        [element("script", Markup(code)) for code in codes],
    ]
    head = _head(f"{name}: {title}", styles, codes, asks_again)
    return f'<!doctype html>\n<html lang="en">{head}{element("body", body)}</html>\n'


def _head(title: str, styles: Sequence[Path], codes: Sequence[str], asks_again: bool) -> Markup:
    style = "".join(file.read_text("utf-8") for file in styles)
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(codes, asks_again)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(style)),
    )


def _policy(codes: Sequence[str], asks_again: bool) -> str:
    hashes = [f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in codes]
    rules = [NOTHING_FROM_OUTSIDE]
    rules += [f"script-src {' '.join(hashes)}"] if hashes else []
    rules += ["connect-src 'self'"] if asks_again else []
    return "; ".join(rules)
