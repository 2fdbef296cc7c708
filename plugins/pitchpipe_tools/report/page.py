"""The page about the data of a run, in one file."""

from datetime import datetime
from pathlib import Path

from pitchpipe.run.atomic import write as write_whole
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.html import frame
from pitchpipe_tools.html.markup import Markup, element, with_code
from pitchpipe_tools.report import overview
from pitchpipe_tools.report.gather import Gathered, gather
from pitchpipe_tools.report.notices import notices
from pitchpipe_tools.report.sections import PageSection, sections
from pitchpipe_tools.runs.origin import origin

SUBTITLE, AND_TRAINING = "What became of the data", " and how training went"
FOOTER = " Each row that was lost or changed stands in ledger.jsonl, beside this page."


def write(run: Path, console: RichConsole) -> Path:
    """Reads the rows of a run, and writes the page into the run's folder."""
    history = History(run)
    total = sum(1 for _ in history.shards())
    with console.bar("reading the rows", total) as tick:
        gathered = gather(history, tick)
    file = run / "report.html"
    write_whole(file, render(history, gathered).encode("utf-8", "replace"))
    return file


def render(history: History, gathered: Gathered) -> str:
    """The page as HTML."""
    date = datetime.fromtimestamp((history.run / "run.json").stat().st_mtime)
    began = f"; it began with {earlier}" if (earlier := origin(history.run)) else ""
    shown = list(sections(history, gathered))
    tiles = overview.tiles(list(history.result.rows.values()))
    return frame.page(
        name=history.run.resolve().name,
        title="data report",
        subtitle=f"{SUBTITLE}{AND_TRAINING if gathered.lessons else ''}, {date:%d %B %Y, %H:%M}{began}",
        links=[element("li", element("a", part.title, href=f"#{part.anchor}")) for part in shown],
        links_label="on this page",
        content=[notices(history.result, gathered.models, gathered.lessons), tiles, *map(_section, shown)],
        styles=[frame.STYLE],
        footer=FOOTER,
    )


def _section(section: PageSection) -> Markup:
    title = element("h2", section.title, id=section.anchor)
    introduction = element("p", with_code(section.introduction), class_="quiet")
    return element("section", title, introduction, section.content, aria_labelledby=section.anchor)
