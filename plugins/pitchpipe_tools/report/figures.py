"""Spreads drawn: lengths and categories before and after, and each score with its threshold."""

from collections import Counter

from pitchpipe_tools.html.charts import bar, histogram
from pitchpipe_tools.html.markup import Markup, element, joined, number, share, table
from pitchpipe_tools.html.spread import Bounds, Spread, edges
from pitchpipe_tools.report.gather import ScoreSpread
from pitchpipe_tools.report.lengths import Lengths
from pitchpipe_tools.report.overview import legend

TOP = 20  # categories or sources that have a line of their own
CHARTS = 100  # scores that are drawn


def lengths(found: Lengths) -> Markup:
    figures = [
        _figure(name, [("before", before), ("after", found.after[name])], _medians(before, found.after[name]))
        for name, before in found.before.items()
        if before
    ]
    for name, spread in (
        ("tokens in a conversation", found.tokens),
        ("learned tokens in a conversation", found.learned),
    ):
        if spread:
            said = f"median {number(spread.median())}, longest {number(spread.most())}"
            figures.append(_figure(name, [("after", spread)], said))
    return joined(
        legend(("before", "as read"), ("after", "what the filters left")),
        element("div", figures, class_="charts large"),
    )


def _figure(title: str, series: list[tuple[str, Spread]], said: str, bounds: Bounds = (None, None)) -> Markup:
    limits = [limit for limit in bounds if limit is not None]
    where = edges(Spread.of(*(spread for _, spread in series)), [float(limit) for limit in limits])
    shown = [(kind, spread) for kind, spread in series if spread]
    return element(
        "figure",
        element("figcaption", element("h4", title), element("p", said, class_="facts")),
        histogram(shown, where, bounds),
    )


def _medians(before: Spread, after: Spread) -> str:
    if not after:
        return f"median {number(before.median())}; nothing is left"
    return f"median {number(before.median())} before, {number(after.median())} after"


def shares(title: str, before: Counter[str], after: Counter[str]) -> Markup:
    """The largest by name, and the rest, before and after."""
    names = [name for name, _ in before.most_common(TOP)]
    pairs = [(name, before[name], after[name]) for name in names]
    left = len(before) - len(names)
    if left:
        rest = [sum(c for n, c in some.items() if n not in names) for some in (before, after)]
        pairs.append((f"{number(left)} others", rest[0], rest[1]))
    most = max(max(b, a) for _, b, a in pairs)
    total = before.total(), after.total()
    rows = [
        [
            (name or "(none)")[:120],
            _pair(b, a, most),
            *(number(b), share(b, total[0])),
            *(number(a), share(a, total[1])),
        ]
        for name, b, a in pairs
    ]
    return table([title, "", "read", "share", "left", "share"], rows, words=2)


def _pair(before: int, after: int, most: int) -> Markup:
    return element(
        "div", bar([("before", before, "read")], most), bar([("after", after, "left")], most), class_="pair"
    )


# --- Scores ---------------------------------------------------------------------------------------


def scores(found: dict[tuple[str, str], ScoreSpread]) -> Markup:
    """Each score that varies, drawn; the others as a table."""
    drawn = {names: scored for names, scored in found.items() if len(scored.spread.counts) > 1}
    more = len(drawn) - CHARTS
    return joined(
        legend(("kept", "within the limits"), ("out", "out of them"), ("limit", "a limit")),
        element("div", [_score(*entry) for entry in list(drawn.items())[:CHARTS]], class_="charts"),
        element("p", f"{number(more)} more scores are not drawn.", class_="quiet") if more > 0 else None,
        _constant({names: scored for names, scored in found.items() if len(scored.spread.counts) == 1}),
    )


def _score(names: tuple[str, str], scored: ScoreSpread) -> Markup:
    said = f"{_limits(scored)}; median {number(scored.spread.median())}"
    return _figure(_title(*names), [("rows", scored.spread)], said, scored.bounds)


def _title(label: str, name: str) -> Markup:
    return joined(element("span", label, class_="quiet"), " ", name.replace("_", " "))


def _constant(found: dict[tuple[str, str], ScoreSpread]) -> Markup | None:
    """Scores that are the same for all rows."""
    if not found:
        return None
    rows = [
        [
            [_title(*names), element("small", _limits(scored))],
            number(len(scored.spread)),
            number(scored.spread.median()),
        ]
        for names, scored in list(found.items())[:CHARTS]
    ]
    return joined(element("h3", "The same for every row"), table(["score", "rows", "is always"], rows))


def _limits(scored: ScoreSpread) -> str:
    """The limits, and how many rows are on the wrong side of each."""
    (least, most), rows = scored.bounds, len(scored.spread)
    said = []
    if least is not None:
        said.append(f"at least {number(least)}: {number(scored.below)} below ({share(scored.below, rows)})")
    if most is not None:
        said.append(f"at most {number(most)}: {number(scored.above)} above ({share(scored.above, rows)})")
    return "; ".join(said) or "no limit set"
