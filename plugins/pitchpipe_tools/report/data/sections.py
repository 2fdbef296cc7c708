"""The part about the data: its sections, in their order. A section with nothing to show is left out."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pitchpipe_stages.data.ledger import LOST, Fate, SourceRows
from pitchpipe_stages.prepare.history import History
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import element, joined
from pitchpipe_tools.report.data import flow, flow_bars, mix_and_splits
from pitchpipe_tools.report.data.duplicates import duplicates
from pitchpipe_tools.report.data.figures import length_figures, share_table
from pitchpipe_tools.report.data.filter_scores import scores
from pitchpipe_tools.report.data.gather import Gathered
from pitchpipe_tools.report.data.reasons import reason_list
from pitchpipe_tools.report.data.repeats import repeats, unread
from pitchpipe_tools.report.data.tiles import tiles
from pitchpipe_tools.report.part import ReportPart, ReportSection


def data_part(history: History, gathered: Gathered) -> ReportPart:
    """The part: the counts of all rows, then the sections."""
    content = tiles(list(history.result.rows.values()))
    return ReportPart("data", "Data", "", content, list(_sections(history, gathered)))


def _sections(history: History, gathered: Gathered) -> Iterator[ReportSection]:
    result, filters = history.result, history.filters()
    yield _flow(result, filters)
    if len(result.rows) > 1:
        yield _sources(result.rows, filters)
    yield from _reasons(history, gathered)
    yield from _unseen(result)
    yield from _measures(gathered, history.run)
    yield from _mix_and_splits(result, gathered)


def _flow(result: Prepared, filters: list[str]) -> ReportSection:
    introduction = (
        "A bar shows the rows that a stage left; its coloured end shows the rows that the stage took out."
    )
    entries = legend(("kept", "left"), ("dropped", "dropped"), ("quarantined", "quarantined"))
    bars = flow_bars.bars(list(result.rows.values()), filters, result.splits)
    return ReportSection("way", "What became of the rows", introduction, joined(entries, bars))


def _sources(sources: dict[str, SourceRows], filters: list[str]) -> ReportSection:
    introduction = (
        "Unfold a source to see its own flow. The numbers on the right are its kept rows and their share."
    )
    read = Counter({name: rows.read for name, rows in sources.items()})
    kept = Counter({name: rows.kept for name, rows in sources.items()})
    title = element("h4", "Shares before and after")
    content = joined(flow_bars.by_source(sources, filters), title, share_table("source", read, kept))
    return ReportSection("sources", "Sources", introduction, content)


def _reasons(history: History, gathered: Gathered) -> Iterator[ReportSection]:
    sources = history.result.rows
    reasons, read = flow.reasons(sources), flow.conversations(sources)
    lost = reason_list(reasons, (*LOST, Fate.TAGGED), gathered, read, history.run)
    introduction = (
        "Unfold a reason to see rows that had the reason. Shares are shares of all rows that were read."
        if lost
        else "No row was dropped, quarantined or tagged."
    )
    yield ReportSection("reasons", "Reasons", introduction, lost)
    if any(reason.fate is Fate.CHANGED for reason in reasons):
        introduction = "Repairs and edits, with sample rows. A row may be changed more than once."
        changed = reason_list(reasons, (Fate.CHANGED,), gathered, read, history.run)
        yield ReportSection("mended", "Mended rows", introduction, changed)
    if gathered.clusters.places:
        introduction = (
            "Rows that are like another row, found by the filters that compare rows with each other."
        )
        yield ReportSection("alike", "Duplicates", introduction, duplicates(gathered.clusters, read))


def _unseen(result: Prepared) -> Iterator[ReportSection]:
    if columns := unread(result.rows):
        introduction = (
            "These columns hold words that no conversation says. The loader's `columns` can place them."
        )
        yield ReportSection("unread", "Unread columns", introduction, columns)
    if result.repeats.train:
        introduction = (
            "Conversations and questions that come again, but for case, punctuation and white space."
        )
        yield ReportSection("repeats", "Repeats", introduction, repeats(result.repeats))


def _measures(gathered: Gathered, run: Path) -> Iterator[ReportSection]:
    introduction = (
        "How many prompts, replies or conversations have which length. Long values share wider bars."
    )
    yield ReportSection("lengths", "Lengths", introduction, length_figures(gathered.lengths))
    read, kept = gathered.categories_read, gathered.categories_kept
    if set(read) - {""}:
        introduction = "Conversations by category, as read and as the filters left them."
        yield ReportSection("categories", "Categories", introduction, share_table("category", read, kept))
    if gathered.scores:
        introduction = "The scores of every row that reached a filter, kept or not."
        yield ReportSection("filter-scores", "Filter scores", introduction, scores(gathered.scores, run))


def _mix_and_splits(result: Prepared, gathered: Gathered) -> Iterator[ReportSection]:
    if result.mix:
        introduction = "The rows that one epoch takes from each source, and how often the epoch repeats them."
        yield ReportSection("mix", "Mix", introduction, mix_and_splits.mix(result.mix))
    content = mix_and_splits.splits(result.splits, gathered.categories_by_split)
    yield ReportSection("splits", "Splits", mix_and_splits.held_out(result.splits), content)
