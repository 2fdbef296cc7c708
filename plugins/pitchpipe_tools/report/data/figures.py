"""Spreads as figures, and shares of the rows as a table."""

from collections import Counter

from pitchpipe_tools.html.bins import bar_edges
from pitchpipe_tools.html.charts import bar, histogram
from pitchpipe_tools.html.few import is_few, value_lines
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.html.spread import Bounds, Spread
from pitchpipe_tools.report.data.lengths import Lengths

TOP = 20  # categories or sources with a line of their own


def figure(
    title: str | Markup, series: list[tuple[str, Spread]], caption: str, bounds: Bounds = (None, None)
) -> Markup:
    """The chart of each (name, spread), with a title and a caption. An empty spread is left out."""
    drawn = [(name, spread) for name, spread in series if spread]
    chart = value_lines(drawn, bounds) if is_few(drawn) else _histogram(drawn, bounds)
    return element(
        "figure", element("figcaption", element("h4", title), element("p", caption, class_="facts")), chart
    )


def _histogram(series: list[tuple[str, Spread]], bounds: Bounds) -> Markup:
    limits = [float(bound) for bound in bounds if bound is not None]
    return histogram(series, bar_edges(Spread.of(*(spread for _, spread in series)), limits), bounds)


# --- Lengths --------------------------------------------------------------------------------------


def length_figures(lengths: Lengths) -> Markup:
    """A figure for each length, as read and as kept, and figures for tokens if there are tokens."""
    figures = [
        figure(name, [("before", read), ("after", lengths.kept[name])], _medians(read, lengths.kept[name]))
        for name, read in lengths.read.items()
        if read
    ]
    figures += _tokens("tokens in a conversation", lengths.tokens)
    figures += _tokens("learned tokens in a conversation", lengths.learned)
    return joined(
        legend(("before", "as read"), ("after", "what the filters left")),
        element("div", figures, class_="charts large"),
    )


def _tokens(title: str, spread: Spread) -> list[Markup]:
    if not spread:
        return []
    return [figure(title, [("after", spread)], _in_words(spread))]


def _medians(read: Spread, kept: Spread) -> str:
    after = f"{_in_words(kept)} after" if kept else "nothing is left"
    return f"{_in_words(read)} before; {after}"


def _in_words(spread: Spread) -> str:
    return f"median {number(spread.median())}, longest {number(spread.most())}"


# --- Shares ---------------------------------------------------------------------------------------


def share_table(title: str, read: Counter[str], kept: Counter[str]) -> Markup:
    """The rows of the largest names and of all other names together, as read and as kept."""
    largest = [name for name, _ in read.most_common(TOP)]
    lines = [(name, read[name], kept[name]) for name in largest]
    if more := len(read) - len(largest):
        lines.append((f"{number(more)} others", _others(read, largest), _others(kept, largest)))
    most = max(max(before, after) for _, before, after in lines)
    rows = [
        [
            (name or "(none)")[:120],
            _pair(before, after, most),
            *(number(before), share(before, read.total())),
            *(number(after), share(after, kept.total())),
        ]
        for name, before, after in lines
    ]
    return table([title, "", "read", "share", "left", "share"], rows, words=2)


def _others(counts: Counter[str], largest: list[str]) -> int:
    return sum(rows for name, rows in counts.items() if name not in largest)


def _pair(before: int, after: int, most: int) -> Markup:
    """Two bars, one above the other."""
    bars = bar([("before", before, "read")], most), bar([("after", after, "left")], most)
    return element("div", bars, class_="pair")
