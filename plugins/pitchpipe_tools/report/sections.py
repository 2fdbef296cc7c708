"""The sections of the page, in their order. A section with nothing to show is left out."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pitchpipe_stages.data.ledger import LOST, Fate, SourceRows
from pitchpipe_stages.prepare.history import History
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.report import flow, flow_bars, mix_and_splits, training
from pitchpipe_tools.report.duplicates import duplicates
from pitchpipe_tools.report.figures import length_figures, share_table
from pitchpipe_tools.report.gather import Gathered
from pitchpipe_tools.report.lessons import Lessons
from pitchpipe_tools.report.overview import legend
from pitchpipe_tools.report.reasons import reason_list
from pitchpipe_tools.report.repeats import repeats, unread
from pitchpipe_tools.report.results import results
from pitchpipe_tools.report.scores import scores


class PageSection(NamedTuple):
    """One section of the page. `anchor` is its name in links to the section."""

    anchor: str
    title: str
    introduction: str
    content: Markup


def sections(history: History, gathered: Gathered) -> Iterator[PageSection]:
    """Yields the sections."""
    result, filters = history.result, history.filters()
    yield _flow(result, filters)
    if len(result.rows) > 1:
        yield _sources(result.rows, filters)
    yield from _reasons(history, gathered)
    yield from _unseen(result)
    yield from _measures(gathered, history.run)
    yield from _mix_and_splits(result, gathered)
    yield from _training(gathered.lessons)
    if gathered.models:
        introduction = (
            "On the conversations that were held out for the test; below each score its interval of 95%."
        )
        yield PageSection("results", "Base and tuned", introduction, results(gathered.models))


def _flow(result: Prepared, filters: list[str]) -> PageSection:
    introduction = (
        "A bar shows the rows that a stage left; its coloured end shows the rows that the stage took out."
    )
    entries = legend(("kept", "left"), ("dropped", "dropped"), ("quarantined", "quarantined"))
    bars = flow_bars.bars(list(result.rows.values()), filters, result.splits)
    return PageSection("way", "What became of the rows", introduction, joined(entries, bars))


def _sources(sources: dict[str, SourceRows], filters: list[str]) -> PageSection:
    introduction = (
        "Unfold a source to see its own flow. The numbers on the right are its kept rows and their share."
    )
    read = Counter({name: rows.read for name, rows in sources.items()})
    kept = Counter({name: rows.kept for name, rows in sources.items()})
    title = element("h3", "Shares before and after")
    content = joined(flow_bars.by_source(sources, filters), title, share_table("source", read, kept))
    return PageSection("sources", "Sources", introduction, content)


def _reasons(history: History, gathered: Gathered) -> Iterator[PageSection]:
    sources = history.result.rows
    reasons, read = flow.reasons(sources), flow.conversations(sources)
    lost = reason_list(reasons, (*LOST, Fate.TAGGED), gathered, read, history.run)
    introduction = (
        "Unfold a reason to see rows that had the reason. Shares are shares of all rows that were read."
        if lost
        else "No row was dropped, quarantined or tagged."
    )
    yield PageSection("reasons", "Reasons", introduction, lost)
    if any(reason.fate is Fate.CHANGED for reason in reasons):
        introduction = "Repairs and edits, with sample rows. A row may be changed more than once."
        changed = reason_list(reasons, (Fate.CHANGED,), gathered, read, history.run)
        yield PageSection("mended", "Mended rows", introduction, changed)
    if gathered.clusters.places:
        introduction = (
            "Rows that are like another row, found by the filters that compare rows with each other."
        )
        yield PageSection("alike", "Duplicates", introduction, duplicates(gathered.clusters, read))


def _unseen(result: Prepared) -> Iterator[PageSection]:
    if columns := unread(result.rows):
        introduction = (
            "These columns hold words that no conversation says. The loader's `columns` can place them."
        )
        yield PageSection("unread", "Unread columns", introduction, columns)
    if result.repeats.train:
        introduction = (
            "Conversations and questions that come again, but for case, punctuation and white space."
        )
        yield PageSection("repeats", "Repeats", introduction, repeats(result.repeats))


def _measures(gathered: Gathered, run: Path) -> Iterator[PageSection]:
    introduction = (
        "How many prompts, replies or conversations have which length. Long values share wider bars."
    )
    yield PageSection("lengths", "Lengths", introduction, length_figures(gathered.lengths))
    read, kept = gathered.categories_read, gathered.categories_kept
    if set(read) - {""}:
        introduction = "Conversations by category, as read and as the filters left them."
        yield PageSection("categories", "Categories", introduction, share_table("category", read, kept))
    if gathered.scores:
        introduction = "The scores of every row that reached a filter, kept or not."
        yield PageSection("scores", "Filter scores", introduction, scores(gathered.scores, run))


def _mix_and_splits(result: Prepared, gathered: Gathered) -> Iterator[PageSection]:
    if result.mix:
        introduction = "The rows that one epoch takes from each source, and how often the epoch repeats them."
        yield PageSection("mix", "Mix", introduction, mix_and_splits.mix(result.mix))
    content = mix_and_splits.splits(result.splits, gathered.categories_by_split)
    yield PageSection("splits", "Splits", mix_and_splits.held_out(result.splits), content)


def _training(lessons: Lessons) -> Iterator[PageSection]:
    if not lessons:
        return
    introduction = (
        "What training has reported, over its steps; the loss is the mean since the report before. Of a long"
        " training each stretch is drawn from its least to its most."
    )
    yield PageSection("training", "Training", introduction, training.curves(lessons))
    if lessons.sources():
        introduction = "The loss of training on the rows of each source."
        yield PageSection("by-source", "Loss by source", introduction, training.by_source(lessons))
    if lessons.samples:
        introduction = "What the model said to a few prompts in training: the first time, and lately."
        yield PageSection("samples", "Samples", introduction, training.said(lessons.samples))
