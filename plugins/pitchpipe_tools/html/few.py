"""The chart of a few values: a line for each value, with its count. Bars as wide as slabs say less."""

from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.html.spread import Bounds, Spread

FEW = 8  # values at most


def is_few(series: list[tuple[str, Spread]]) -> bool:
    return len(_values(series)) <= FEW


def value_lines(series: list[tuple[str, Spread]], bounds: Bounds = (None, None)) -> Markup:
    """A line for each value, with the bar of each (name, spread) and the rows of that value."""
    most = max(max(spread.counts.values()) for _, spread in series)
    lines = [_line(value, series, most, _is_outside(value, bounds)) for value in _values(series)]
    return element("div", lines, class_="values")


def _values(series: list[tuple[str, Spread]]) -> list[float]:
    return sorted({value for _, spread in series for value in spread.counts})


def _line(value: float, series: list[tuple[str, Spread]], most: int, outside: bool) -> list[Markup]:
    bars = [bar([("out" if outside else name, spread.counts[value], name)], most) for name, spread in series]
    counts = [_count(spread.counts[value], len(spread)) for _, spread in series]
    return [
        element("span", number(value), class_="number"),
        element("div", bars, class_="pair"),
        element("span", " → ".join(counts), class_="number"),
    ]


def _count(rows: int, whole: int) -> str:
    return f"{number(rows)} ({share(rows, whole)})"


def _is_outside(value: float, bounds: Bounds) -> bool:
    least, most = bounds
    return (least is not None and value < least) or (most is not None and value > most)
