"""The site builds without a warning, and every link of every page leads to a file and a heading."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
OUTSIDE_THE_SITE = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "contrib/*/README.md"]
PAGES = sorted(page for pattern in [*OUTSIDE_THE_SITE, "docs/*.md"] for page in ROOT.glob(pattern))
LOADED = re.compile(
    r"""<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)"""
)


@cache
def tokens(page: Path) -> list[Token]:
    """A page as Markdown tokens, so that links in code are no links."""
    return MarkdownIt().enable("table").parse(page.read_text("utf-8"))


def links(page: Path) -> Iterator[str]:
    """Targets of the links and images of a page, those on the web left out."""
    for token in tokens(page):
        for child in token.children or ():
            target = child.attrs.get("href") or child.attrs.get("src")
            if target and not urlsplit(str(target)).scheme:
                yield str(target)


@cache
def anchors(page: Path) -> set[str]:
    """Names that GitHub gives to the headings of a page; the second of equal headings gets -1."""
    found: set[str] = set()
    for opening, heading in zip(tokens(page), tokens(page)[1:], strict=False):
        if opening.type == "heading_open":
            text = "".join(child.content for child in heading.children or ())
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            again = (f"{name}-{number}" for number in range(1, len(found) + 1))
            found.add(name if name not in found else next(other for other in again if other not in found))
    return found


def fault(page: Path, link: str) -> str:
    """What is wrong with a link of a page, or nothing."""
    path, anchor = unquote(urlsplit(link).path), unquote(urlsplit(link).fragment)
    target = (page.parent / path).resolve() if path else page
    if path.startswith("/") or not target.is_relative_to(ROOT):
        return f"{link}: leads out of the repository"
    if not target.exists():
        return f"{link}: no such file"
    if anchor and (target.suffix != ".md" or anchor not in anchors(target)):
        return f"{link}: no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    assert list(filter(None, (fault(page, link) for link in links(page)))) == []


def test_links_are_found_wherever_they_stand(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b`, c\n\n## Same\n\n## Same\n\n[a](a.md) ![b](b.png) [c]\n\n| d |\n|---|\n| [d](#d) |\n\n"
        "`[code](no.md)` <https://example.com>\n\n```text\n[code](no.md)\n```\n\n[c]: c.md#same-1\n"
    )
    assert sorted(links(page)) == ["#d", "a.md", "b.png", "c.md#same-1"]
    assert anchors(page) == {"a-b-c", "same", "same-1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # With --quiet mkdocs does not count its warnings, and --strict stops at none.
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_holds_every_page(site):
    built = {page.stem for page in site.glob("*.html")} - {"404"}
    assert built == {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert not list(site.rglob("*.py"))


def test_the_first_page_links_to_all_others():
    linked = {Path(link).stem for link in links(ROOT / "docs" / "index.md")}
    assert linked == {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}


def test_the_site_loads_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        assert LOADED.findall(page.read_text("utf-8")) == []


def test_bars_in_tables_are_shown_without_their_escape(site):
    assert "&lt;|im_end|&gt;" in (site / "templates.html").read_text("utf-8")
    assert not [page.name for page in site.glob("*.html") if r"\|" in page.read_text("utf-8")]
