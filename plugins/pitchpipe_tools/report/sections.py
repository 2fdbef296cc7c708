"""The parts of the page, in their order; one that has nothing to show is left out."""

from collections import Counter
from collections.abc import Iterator

from pitchpipe_stages.data.ledger import LOST, Fate, SourceRows
from pitchpipe_stages.prepare.history import History
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.report import figures, flow, mix_and_splits, overview, reasons
from pitchpipe_tools.report.gather import Gathered

PageSection = tuple[str, str, str, Markup]  # its name in the address, title, a word on it, content


def sections(history: History, found: Gathered) -> Iterator[PageSection]:
    result, filters = history.result, history.filters()
    sources = result.rows
    yield _flow(result, filters)
    if len(sources) > 1:
        yield _sources(sources, filters)
    yield from _why(sources, found)
    yield from _measured(found)
    yield from _used(result, found)


def _flow(result: Prepared, filters: list[str]) -> PageSection:
    words = "Each bar is what a stage left; the coloured end is what it took."
    legend = overview.legend(("kept", "left"), ("dropped", "dropped"), ("quarantined", "quarantined"))
    bars = overview.bars(list(result.rows.values()), filters, result.splits)
    return "way", "What became of the rows", words, joined(legend, bars)


def _sources(sources: dict[str, SourceRows], filters: list[str]) -> PageSection:
    words = "Unfold a source to see its own flow. The number on the right is what is kept."
    read = Counter({name: rows.read for name, rows in sources.items()})
    kept = Counter({name: rows.kept for name, rows in sources.items()})
    title = element("h3", "Shares before and after")
    content = joined(overview.by_source(sources, filters), title, figures.shares("source", read, kept))
    return "sources", "Sources", words, content


def _why(sources: dict[str, SourceRows], found: Gathered) -> Iterator[PageSection]:
    why, whole = flow.reasons(sources), flow.conversations(sources)
    words = "Unfold a reason to see rows that had it. Shares are of all that was read."
    yield "reasons", "Reasons", words, reasons.listed(why, (*LOST, Fate.TAGGED), found, whole)
    if any(reason.fate is Fate.CHANGED for reason in why):
        words = "What was repaired or edited, with rows for instance. A row may be changed more than once."
        yield "mended", "Mended rows", words, reasons.listed(why, (Fate.CHANGED,), found, whole)
    if found.clusters.places:
        words = "Rows that are like another one, as the filters found that compare rows with each other."
        yield "alike", "Duplicates", words, reasons.alike(found.clusters, whole)


def _measured(found: Gathered) -> Iterator[PageSection]:
    words = "Each prompt, each reply or each conversation counts once. Long values share wider bars."
    yield "lengths", "Lengths", words, figures.lengths(found.lengths)
    before, after = found.categories_before, found.categories_after
    if set(before) - {""}:
        words = "Conversations by category, as read and as the filters left them."
        yield "categories", "Categories", words, figures.shares("category", before, after)
    if found.scores:
        words = "What filters measured of every row that came to them, kept or not."
        yield (
            "scores",
            "Scores",
            f"{words} Try other limits: pitchpipe tune RUN FILTER.",
            figures.scores(found.scores),
        )


def _used(result: Prepared, found: Gathered) -> Iterator[PageSection]:
    if result.mix:
        words = "What one epoch of training takes of each source, and how often it sees the same rows."
        yield "mix", "Mix", words, mix_and_splits.mix(result.mix)
    words = "The same prompt never lands on two sides."
    yield "splits", "Splits", words, mix_and_splits.splits(result.splits, found.sides)
