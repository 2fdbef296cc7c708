"""Bars made of boxes, and histograms as inline SVG. Text stands beside a drawing, never in a drawing."""

from collections.abc import Iterable, Iterator

from pitchpipe_tools.html.axis import FILLED, axis, levels, scale
from pitchpipe_tools.html.bins import bar_counts, position
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.html.spread import Bounds, Spread

# Sizes in units of the drawing.
HEIGHT = 100
MIN_HEIGHT = 3  # of a bar of few values, so that the bar can be seen
BAR_WIDTH = 10


def bar(parts: Iterable[tuple[str, float, str]], whole: float) -> Markup:
    """One bar of segments, each (class, size, tooltip). The full width of the bar stands for `whole`."""
    segments = [
        element("i", class_=kind, style=f"width:{100 * size / whole:.2f}%", title=tooltip)
        for kind, size, tooltip in parts
        if size and whole
    ]
    return element("div", segments, class_="bar", aria_hidden="true")


def histogram(series: list[tuple[str, Spread]], edges: list[float], bounds: Bounds = (None, None)) -> Markup:
    """A histogram of each (name, spread), drawn over each other, and a line for each bound."""
    bars = [(name, bar_counts(spread, edges)) for name, spread in series]
    highest = max(max(counts) for _, counts in bars) or 1
    whole = series[0][1].all_whole()
    limits = _limits(bounds, whole)
    drawn = [
        path
        for layer, (name, counts) in enumerate(bars)
        for path in _paths(name, [count / highest for count in counts], edges, limits, 2 * layer)
    ]
    zones = [_zone(index, bars, edges, whole) for index in range(len(edges) - 1)]
    drawing = element(
        "svg", _level_lines(highest, edges), drawn, _limit_lines(limits, edges), zones,
        viewBox=f"0 0 {BAR_WIDTH * (len(edges) - 1)} {HEIGHT}", preserveAspectRatio="none",
        role="img", aria_label="; ".join(_described(name, spread) for name, spread in series),
    )  # fmt: skip
    return element("div", scale(highest), drawing, axis(edges, whole), class_="histogram")


def _level_lines(highest: float, edges: list[float]) -> Markup:
    """A line at the height of each number beside the histogram but 0."""
    width = BAR_WIDTH * (len(edges) - 1)
    drawn = "".join(f"M0 {HEIGHT * (1 - height):.1f}h{width}" for _, height in levels(highest)[1:])
    return element("path", d=drawn, class_="level")


def _limits(bounds: Bounds, whole: bool) -> Bounds:
    """The bounds as positions of lines. The bar of a whole number n ends at n + 1, where the line of the most
    stands."""
    least, most = bounds
    return least, most + 1 if whole and most is not None and most == int(most) else most


def _paths(
    name: str, heights: list[float], edges: list[float], limits: Bounds, narrower: int
) -> Iterator[Markup]:
    """One path for all bars within the limits, and one path for all bars outside them."""
    boxes: dict[str, list[str]] = {name: [], "out": []}
    for index, height in enumerate(heights):
        if height:
            high = max(round(HEIGHT * FILLED * height), MIN_HEIGHT)
            left, width = BAR_WIDTH * index + 0.5 + narrower, BAR_WIDTH - 1 - 2 * narrower
            kind = "out" if _is_outside(edges[index], edges[index + 1], limits) else name
            boxes[kind].append(f"M{left} {HEIGHT}v-{high}h{width}v{high}z")
    for kind, drawn in boxes.items():
        if drawn:
            yield element("path", d="".join(drawn), class_=kind)


def _is_outside(low: float, high: float, limits: Bounds) -> bool:
    least, most = limits
    return (least is not None and high <= least) or (most is not None and low >= most)


def _limit_lines(limits: Bounds, edges: list[float]) -> list[Markup]:
    """A line for each limit that lies on the axis."""
    width = BAR_WIDTH * (len(edges) - 1)
    shown = [limit for limit in limits if limit is not None and edges[0] <= limit <= edges[-1]]
    places = [f"{width * position(limit, edges):.1f}" for limit in shown]
    return [element("line", x1=place, x2=place, y1=0, y2=HEIGHT, class_="limit") for place in places]


def _zone(index: int, bars: list[tuple[str, list[int]]], edges: list[float], whole: bool) -> Markup:
    """An invisible box over a bar. Its tooltip gives the counts of the bar."""
    counts = ", ".join(f"{name} {number(counts[index])}" for name, counts in bars)
    low, high = edges[index], edges[index + 1]
    values = number(low) if whole and high == low + 1 else f"{number(low)} to {number(high)}"
    box = f'<rect x="{BAR_WIDTH * index}" y="0" width="{BAR_WIDTH}" height="{HEIGHT}" class="zone">'
    return joined(Markup(box), element("title", f"{values}: {counts}"), Markup("</rect>"))


def _described(name: str, spread: Spread) -> str:
    """A histogram in words, for screen readers."""
    return (
        f"{name}: {number(len(spread))} values from {number(spread.least())} to {number(spread.most())},"
        f" median {number(spread.median())}"
    )
