"""The page of raters: one file, in which only our own style and script may run."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent


@cache
def rating_page() -> bytes:
    """The same for all raters: what they rate is fetched, and put in as text."""
    html = _read("page.html")
    for mark, text in (("/* style */", _read("page.css")), ("/* script */", _read("page.js"))):
        html = html.replace(mark, text)
    return html.encode()


@cache
def policy() -> str:
    """Nothing is loaded from elsewhere, and no script runs but ours."""
    style, script = _digest(_read("page.css")), _digest(_read("page.js"))
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    )


def _read(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
