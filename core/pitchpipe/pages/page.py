"""The page about a run's data: one file, no script, nothing fetched; what it shows of rows is escaped."""

from datetime import datetime
from pathlib import Path

from pitchpipe import atomic
from pitchpipe.console import Console
from pitchpipe.history import History
from pitchpipe.pages import overview
from pitchpipe.pages.frame import framed
from pitchpipe.pages.gathered import Gathered, gather
from pitchpipe.pages.markup import Markup, element
from pitchpipe.pages.sections import Section, sections

WHAT = "What became of the data"
MORE = "What became of each row: ledger.jsonl. The whole way of one: pitchpipe why RUN ROW."


def write(run: Path, console: Console) -> Path:
    """Read the rows that a run has kept, and write its page."""
    history = History(run)
    total = sum(1 for _ in history.shards())
    with console.bar("reading the rows", total) as tick:
        found = gather(history, tick)
    page = run / "report.html"
    atomic.write(page, render(history, found).encode("utf-8", "replace"))
    return page


def render(history: History, found: Gathered) -> str:
    name = history.run.resolve().name
    date = datetime.fromtimestamp((history.run / "run.json").stat().st_mtime)
    shown = list(sections(history, found))
    links = [element("li", element("a", title, href=f"#{at}")) for at, title, _, _ in shown]
    tiles = overview.tiles(list(history.result["rows"].values()))
    content = [tiles, *(_section(section) for section in shown)]
    words = f"{WHAT}, {date:%d %B %Y, %H:%M}"
    return framed(name, "data report", words, links, "on this page", content, ["style.css"], f" {MORE}")


def _section(section: Section) -> Markup:
    at, title, words, content = section
    head = element("h2", title, id=at), element("p", words, class_="quiet")
    return element("section", head, content, aria_labelledby=at)
