"""The section about scores: each score of a filter with its limits."""

from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.figures import figure
from pitchpipe_tools.report.gather import ScoreSpread
from pitchpipe_tools.report.overview import legend

CHARTS = 100  # scores with a chart

ScoreName = tuple[str, str]  # the filter's label and the score


def scores(found: dict[ScoreName, ScoreSpread]) -> Markup:
    """A chart for each score that varies, and a table of the scores that do not."""
    varied = {name: score for name, score in found.items() if len(score.spread.counts) > 1}
    constant = {name: score for name, score in found.items() if len(score.spread.counts) == 1}
    more = len(varied) - CHARTS
    return joined(
        legend(("kept", "within the limits"), ("out", "outside the limits"), ("limit", "a limit")),
        element("div", [_chart(*entry) for entry in list(varied.items())[:CHARTS]], class_="charts"),
        element("p", f"{number(more)} more scores are not drawn.", class_="quiet") if more > 0 else None,
        _constant(constant) if constant else None,
    )


def _chart(name: ScoreName, score: ScoreSpread) -> Markup:
    caption = f"{_limits(score)}; median {number(score.spread.median())}"
    return figure(_title(name), [("rows", score.spread)], caption, score.bounds)


def _title(name: ScoreName) -> Markup:
    label, score = name
    return joined(element("span", label, class_="quiet"), " ", score.replace("_", " "))


def _constant(found: dict[ScoreName, ScoreSpread]) -> Markup:
    rows = [
        [
            [_title(name), element("small", _limits(score))],
            number(len(score.spread)),
            number(score.spread.median()),
        ]
        for name, score in list(found.items())[:CHARTS]
    ]
    return joined(element("h3", "The same for every row"), table(["score", "rows", "is always"], rows))


def _limits(score: ScoreSpread) -> str:
    """The limits, and how many rows lie outside each."""
    (least, most), rows = score.bounds, len(score.spread)
    limits = []
    if least is not None:
        limits.append(f"at least {number(least)}: {number(score.below)} below ({share(score.below, rows)})")
    if most is not None:
        limits.append(f"at most {number(most)}: {number(score.above)} above ({share(score.above, rows)})")
    return "; ".join(limits) or "no limit set"
