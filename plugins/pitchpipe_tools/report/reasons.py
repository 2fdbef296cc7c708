"""Why rows went, and what was changed in those that stayed: counts, and rows to look at."""

from collections import Counter

from pitchpipe_stages.data.ledger import Fate, Reason, StepKind
from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, joined, number, share
from pitchpipe_tools.report.clusters import Cluster, Clusters
from pitchpipe_tools.report.flow import TITLES
from pitchpipe_tools.report.gather import REASONS, Gathered
from pitchpipe_tools.report.sample_rows import SampleRow

SOURCES = 6  # named beside a reason
WITHOUT = {
    StepKind.MIX: "The recipe's mix takes fewer rows of this source than there are. Nothing is wrong with them.",
    StepKind.SPLIT: "The same prompt is held out by another source, so it is not trained on.",
}


def listed(why: dict[Reason, Counter[str]], fates: tuple[Fate, ...], found: Gathered, read: int) -> Markup:
    """The reasons of these fates, the most frequent first, each with its examples folded below it."""
    mine = [(reason, by) for reason, by in why.items() if reason.fate in fates]
    if not mine:
        return element("p", "None.", class_="quiet")
    most = mine[0][1].total()
    lines = [
        _reason(reason, by, found.samples.found.get(reason, []), most, read) for reason, by in mine[:REASONS]
    ]
    left = mine[REASONS:]
    rows = sum(by.total() for _, by in left)
    more = f"And {number(len(left))} more reasons, of {number(rows)} rows: they stand in ledger.jsonl."
    return joined(lines, element("p", more, class_="quiet") if left else None)


def _reason(reason: Reason, by: Counter[str], examples: list[SampleRow], most: int, read: int) -> Markup:
    fate, step, words = reason
    rows = by.total()
    summary = element(
        "summary",
        element("span", element("i", class_=fate), fate, class_="fate"),
        element("span", words[:200], element("small", TITLES.get(step.kind, str(step))), class_="words"),
        bar([(fate, rows, f"{number(rows)} rows")], most),
        element("span", number(rows), class_="count"),
        element("span", share(rows, read), class_="share"),
    )
    shown = (
        [element("p", WITHOUT[step.kind], class_="quiet")]
        if step.kind in WITHOUT
        else [example(e) for e in examples]
    )
    return element("details", summary, element("div", _sources(by), shown, class_="inside"))


def _sources(by: Counter[str]) -> Markup | None:
    if len(by) < 2:
        return None
    said = [f"{name[:80]} {number(rows)}" for name, rows in by.most_common(SOURCES)]
    more = [f"{len(by) - SOURCES} more sources"] if len(by) > SOURCES else []
    return element("p", " · ".join(said + more), class_="facts")


def example(example: SampleRow) -> Markup:
    """One row: where it stands, what was measured, what it says."""
    facts: list[object] = [element("code", example.place[-160:])]
    if example.limit is not None:
        facts.append(f" · {_measure(example.score)} against a limit of {_measure(example.limit)}")
    elif example.score is not None:
        facts.append(f" · {_measure(example.score)}")
    if ":" in example.detail:
        facts.append(f" · {example.detail[:200]}")
    said = [(element("dt", role[:40]), element("dd", text, dir="auto")) for role, text in example.said]
    return element(
        "div",
        element("p", facts, class_="where"),
        element("dl", joined(*said)) if said else None,
        class_="example",
    )


def _measure(measure: float | str | None) -> str:
    return number(measure)[:80]


# --- Rows that are like another -------------------------------------------------------------------


def alike(found: Clusters, read: int) -> Markup:
    """For each filter that compares: how many rows, like how many others; unfolded, the largest clusters."""
    most = max(places.total() for places in found.places.values())
    return joined([_compared(found, label, reason, most, read) for label, reason in found.places])


def _compared(found: Clusters, label: str, reason: str, most: int, read: int) -> Markup:
    places = found.places[label, reason]
    rows, largest = places.total(), places.most_common(1)[0][1]
    like = f"{number(rows)} row{'s' * (rows != 1)} like {number(len(places))} other{'s' * (len(places) != 1)}"
    words = f"{like}, at most {number(largest)} like one"
    summary = element(
        "summary",
        element("span", reason[:80], class_="fate"),
        element("span", words, element("small", f"filter {label}"), class_="words"),
        bar([("dropped", rows, f"{number(rows)} rows")], most),
        element("span", number(rows), class_="count"),
        element("span", share(rows, read), class_="share"),
    )
    shown = [_cluster(cluster) for cluster in found.largest(label, reason)]
    return element(
        "details", summary, element("div", element("h3", "The largest clusters"), shown, class_="inside")
    )


def _cluster(cluster: Cluster) -> Markup:
    rows = f"{number(cluster.rows)} row{'s are' if cluster.rows != 1 else ' is'} like this one"
    said = cluster.example.said if cluster.example else []
    return joined(element("h4", rows), example(SampleRow(cluster.place, said)))
