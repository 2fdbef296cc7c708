"""The page about a run's data: one file, no script, nothing fetched; what it shows of rows is escaped."""

from datetime import datetime
from pathlib import Path

from pitchpipe.run.atomic import write as write_whole
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.html.frame import STYLE, framed
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.report import overview
from pitchpipe_tools.report.gather import Gathered, gather
from pitchpipe_tools.report.sections import PageSection, sections

WHAT = "What became of the data"
MORE = "What became of each row: ledger.jsonl. The whole way of one: pitchpipe why RUN ROW."


def write(run: Path, console: RichConsole) -> Path:
    """Read the rows that a run has kept, and write its page."""
    history = History(run)
    total = sum(1 for _ in history.shards())
    with console.bar("reading the rows", total) as tick:
        found = gather(history, tick)
    page = run / "report.html"
    write_whole(page, render(history, found).encode("utf-8", "replace"))
    return page


def render(history: History, found: Gathered) -> str:
    name = history.run.resolve().name
    date = datetime.fromtimestamp((history.run / "run.json").stat().st_mtime)
    shown = list(sections(history, found))
    links = [element("li", element("a", title, href=f"#{at}")) for at, title, _, _ in shown]
    tiles = overview.tiles(list(history.result.rows.values()))
    content = [tiles, *(_section(section) for section in shown)]
    words = f"{WHAT}, {date:%d %B %Y, %H:%M}"
    return framed(name, "data report", words, links, "on this page", content, [STYLE], f" {MORE}")


def _section(section: PageSection) -> Markup:
    at, title, words, content = section
    head = element("h2", title, id=at), element("p", words, class_="quiet")
    return element("section", head, content, aria_labelledby=at)
