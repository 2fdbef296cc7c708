"""One sample row on the page."""

from pitchpipe.records.verdict import Measure
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.data.excerpts import SampleRow


def sample_row(row: SampleRow) -> Markup:
    """The place of a row, what a filter measured, and the texts of the row."""
    facts: list[object] = [element("code", row.place[-160:])]
    if row.limit is not None:
        facts.append(f" · {_measure(row.score)} against a limit of {_measure(row.limit)}")
    elif row.score is not None:
        facts.append(f" · {_measure(row.score)}")
    if ":" in row.detail:
        facts.append(f" · {row.detail[:200]}")
    texts = [(element("dt", role[:40]), element("dd", text, dir="auto")) for role, text in row.texts]
    return element(
        "div",
        element("p", facts, class_="where"),
        element("dl", joined(*texts)) if texts else None,
        class_="example",
    )


def _measure(measure: Measure) -> str:
    return number(measure)[:80]
