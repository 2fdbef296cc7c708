"""The section about scores: each score of a filter with its limits."""

from collections.abc import Iterable
from itertools import groupby, islice
from pathlib import Path

from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.html.paste import command
from pitchpipe_tools.report.data.figures import figure
from pitchpipe_tools.report.data.gather import ScoreSpread

CHARTS = 100  # scores with a chart

ScoreName = tuple[str, str]  # the filter's label and the score
NamedScores = Iterable[tuple[ScoreName, ScoreSpread]]


def scores(found: dict[ScoreName, ScoreSpread], run: Path) -> Markup:
    """The charts of each filter's scores that vary, and a table of the scores that do not."""
    varied = {name: score for name, score in found.items() if len(score.spread.counts) > 1}
    constant = {name: score for name, score in found.items() if len(score.spread.counts) == 1}
    drawn, more = islice(varied.items(), CHARTS), len(varied) - CHARTS
    groups = [_filter(label, scores, run) for label, scores in groupby(drawn, key=lambda entry: entry[0][0])]
    return joined(
        legend(("kept", "within the limits"), ("out", "outside the limits"), ("limit", "a limit")),
        element("div", groups, class_="charts dense"),
        element("p", f"{number(more)} more scores are not drawn.", class_="quiet") if more > 0 else None,
        _constant(constant) if constant else None,
    )


def _filter(label: str, scores: NamedScores, run: Path) -> Markup:
    """The charts of one filter, and the command that tries other limits."""
    charts = [_chart(name, score) for (_, name), score in scores]
    tries = element("p", "Other limits: ", command("tune", run, label), class_="facts")
    whole = "across" if len(charts) > 1 else None
    return element("div", element("h4", label), tries, element("div", charts, class_="charts"), class_=whole)


def _chart(name: str, score: ScoreSpread) -> Markup:
    caption = f"{_limits(score)}; median {number(score.spread.median())}"
    return figure(name.replace("_", " "), [("rows", score.spread)], caption, score.bounds)


def _constant(found: dict[ScoreName, ScoreSpread]) -> Markup:
    rows = [
        [
            [
                element("span", label, class_="quiet"),
                f" {name.replace('_', ' ')}",
                element("small", _limits(score)),
            ],
            number(len(score.spread)),
            number(score.spread.median()),
        ]
        for (label, name), score in list(found.items())[:CHARTS]
    ]
    return joined(element("h4", "The same for every row"), table(["score", "rows", "is always"], rows))


def _limits(score: ScoreSpread) -> str:
    """The limits, and how many rows lie outside each."""
    (least, most), rows = score.bounds, len(score.spread)
    limits = []
    if least is not None:
        limits.append(f"at least {number(least)}: {_outside(score.below, rows, 'below')}")
    if most is not None:
        limits.append(f"at most {number(most)}: {_outside(score.above, rows, 'above')}")
    return "; ".join(limits) or "no limit set"


def _outside(rows: int, whole: int, side: str) -> str:
    return f"{number(rows)} {side} ({share(rows, whole)})" if rows else f"none {side}"
