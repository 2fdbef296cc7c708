"""The list of reasons: why rows were lost or changed, with sample rows."""

from collections import Counter
from pathlib import Path

from pitchpipe_stages.data.ledger import Fate, Reason, StepKind
from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.html.paste import command
from pitchpipe_tools.report.data.flow import TITLES
from pitchpipe_tools.report.data.gather import REASONS, Gathered
from pitchpipe_tools.report.data.sample_row import sample_row

SOURCES = 6  # that are named beside a reason
EXPLAINED = {  # reasons outside a row: a sentence explains more than sample rows
    StepKind.MIX: "The recipe's mix takes fewer rows of this source than there are."
    " Nothing is wrong with them.",
    StepKind.SPLIT: "The same prompt is held out by another source, so it is not trained on.",
}


def reason_list(
    reasons: dict[Reason, Counter[str]], fates: tuple[Fate, ...], gathered: Gathered, read: int, run: Path
) -> Markup:
    """The reasons of these fates, the most frequent first. A reason unfolds to its sample rows."""
    listed = [(reason, by_source) for reason, by_source in reasons.items() if reason.fate in fates]
    if not listed:
        return Markup()
    most = listed[0][1].total()
    lines = [
        _reason(reason, by_source, _inside(reason, by_source, gathered, run), most, read)
        for reason, by_source in listed[:REASONS]
    ]
    return joined(lines, _more([by_source.total() for _, by_source in listed[REASONS:]]))


def _more(rows: list[int]) -> Markup | None:
    """A sentence about the reasons that are not listed."""
    if not rows:
        return None
    more = f"And {number(len(rows))} more reasons, of {number(sum(rows))} rows: they stand in ledger.jsonl."
    return element("p", more, class_="quiet")


def _reason(
    reason: Reason, by_source: Counter[str], inside: list[Markup | None], most: int, read: int
) -> Markup:
    fate, step, words = reason
    rows = by_source.total()
    summary = element(
        "summary",
        element("span", element("i", class_=fate), fate, class_="fate"),
        element("span", words[:200], element("small", TITLES.get(step.kind, str(step))), class_="words"),
        bar([(fate, rows, f"{number(rows)} rows")], most),
        element("span", number(rows), class_="count"),
        element("span", share(rows, read), class_="share"),
    )
    return element("details", summary, element("div", inside, class_="inside"))


def _inside(reason: Reason, by_source: Counter[str], gathered: Gathered, run: Path) -> list[Markup | None]:
    """What a reason unfolds to: its sources, its sample rows and the commands that tell more."""
    step, samples = reason.step, gathered.samples.by_reason.get(reason, [])
    if step.kind in EXPLAINED:
        return [_sources(by_source), element("p", EXPLAINED[step.kind], class_="quiet")]
    commands = [("All about the first of them", command("why", run, row.place)) for row in samples[:1]]
    measured = [row.score for row in samples] if step.kind is StepKind.FILTER else []
    if any(isinstance(score, int | float) for score in measured):
        commands.append(("Other limits", command("tune", run, step.label)))
    shown = [element("p", f"{words}: ", text, class_="facts") for words, text in commands]
    return [_sources(by_source), *map(sample_row, samples), *shown]


def _sources(by_source: Counter[str]) -> Markup | None:
    if len(by_source) < 2:
        return None
    largest = [f"{name[:80]} {number(rows)}" for name, rows in by_source.most_common(SOURCES)]
    more = [f"{len(by_source) - SOURCES} more sources"] if len(by_source) > SOURCES else []
    return element("p", " · ".join(largest + more), class_="facts")
