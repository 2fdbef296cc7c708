"""Small charts: bars of plain boxes, histograms of inline SVG. Words stand beside the drawing, not in it."""

from collections.abc import Iterable
from math import floor, log10

from pitchpipe_tools.html.markup import Markup, brief, element, joined, number
from pitchpipe_tools.html.spread import Bounds, Spread, place

HIGH = 100  # of a drawing, in its own units
LOW = 3  # of a bar that counts little, so that it is seen
WIDE = 10  # of one bar
TICKS = 6


def bar(parts: Iterable[tuple[str, float, str]], whole: float) -> Markup:
    """Segments in a row, each (kind, size, words); the track stands for the whole."""
    segments = [
        element("i", class_=kind, style=f"width:{100 * size / whole:.2f}%", title=words)
        for kind, size, words in parts
        if size and whole
    ]
    return element("div", segments, class_="bar", aria_hidden="true")


def histogram(series: list[tuple[str, Spread]], edges: list[float], bounds: Bounds = (None, None)) -> Markup:
    """One drawing over the same edges for each (name, spread), and a line for each bound."""
    bars = [(name, spread.bars(edges)) for name, spread in series]
    highest = max(max(counts) for _, counts in bars) or 1
    whole = series[0][1].whole()
    within = limits(bounds, whole)
    drawn = [
        path
        for layer, (name, counts) in enumerate(bars)
        for path in _layer(name, [count / highest for count in counts], edges, within, 2 * layer)
    ]
    wide = WIDE * (len(edges) - 1)
    lines = [_line(wide * place(x, edges)) for x in within if x is not None and edges[0] <= x <= edges[-1]]
    zones = [_zone(index, bars, edges, whole) for index in range(len(edges) - 1)]
    drawing = element(
        "svg", drawn, lines, zones, viewBox=f"0 0 {wide} {HIGH}", preserveAspectRatio="none",
        role="img", aria_label="; ".join(described(name, spread) for name, spread in series),
    )  # fmt: skip
    return element("div", drawing, axis(edges, whole), class_="histogram")


def limits(bounds: Bounds, whole: bool) -> Bounds:
    """Where the lines stand: of whole numbers, the most that may be is left of its line."""
    least, most = bounds
    return least, most + 1 if whole and most is not None and most == int(most) else most


def _layer(
    name: str, heights: list[float], edges: list[float], within: Bounds, narrow: int
) -> Iterable[Markup]:
    """Bars as one path for those within the limits, and one for those outside."""
    boxes: dict[str, list[str]] = {name: [], "out": []}
    for index, height in enumerate(heights):
        if height:
            high = max(round(HIGH * 0.97 * height), LOW)
            box = f"M{WIDE * index + 0.5 + narrow} {HIGH}v-{high}h{WIDE - 1 - 2 * narrow}v{high}z"
            boxes["out" if _out(edges[index], edges[index + 1], within) else name].append(box)
    for kind, some in boxes.items():
        if some:
            yield element("path", d="".join(some), class_=kind)


def _out(low: float, high: float, within: Bounds) -> bool:
    least, most = within
    return (least is not None and high <= least) or (most is not None and low >= most)


def _line(x: float) -> Markup:
    return element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=0, y2=HIGH, class_="limit")


def _zone(index: int, bars: list[tuple[str, list[int]]], edges: list[float], whole: bool) -> Markup:
    """An unseen box that says, when pointed at, what the bar counts."""
    counts = ", ".join(f"{name} {number(counts[index])}" for name, counts in bars)
    low, high = edges[index], edges[index + 1]
    said = (
        f"{number(low)}: {counts}"
        if whole and high == low + 1
        else f"{number(low)} to {number(high)}: {counts}"
    )
    box = Markup(f'<rect x="{WIDE * index}" y="0" width="{WIDE}" height="{HIGH}" class="zone">')
    return joined(box, element("title", said), Markup("</rect>"))


def axis(edges: list[float], whole: bool) -> Markup:
    """A few values below the drawing, each where it stands, whole numbers below the middle of their bars."""
    size = len(edges) - 1
    by_tens = size > 2 and edges[-1] - edges[-2] > 1.2 * (edges[1] - edges[0])
    own = whole and not by_tens and edges[1] - edges[0] == 1
    shown = _tens(edges) if by_tens else _round(edges[:-1] if own else edges, own)
    shown = shown if len(shown) > 1 else [0, *shown, size - own]
    ticks = [
        element("span", brief(edges[index]), style=f"left:{100 * (index + own / 2) / size:.1f}%")
        for index in dict.fromkeys(shown)
    ]
    return element("div", ticks, class_="axis", aria_hidden="true")


def _tens(edges: list[float]) -> list[int]:
    """1, 10, 100 ..."""
    return [index for index, edge in enumerate(edges) if edge and f"{edge:e}".startswith("1.000000")]


def _round(edges: list[float], whole: bool) -> list[int]:
    """Multiples of a round number, about as many as there is room for."""
    rough = (edges[-1] - edges[0]) / TICKS or 1
    size = 10.0 ** floor(log10(rough))
    step = next(size * step for step in (1, 2, 5, 10) if size * step >= rough * 0.999)
    step = max(step, 1.0) if whole else step
    return [index for index, edge in enumerate(edges) if abs(edge / step - round(edge / step)) < 1e-6]


def described(name: str, spread: Spread) -> str:
    """A spread in words, for those who do not see it."""
    return (
        f"{name}: {number(len(spread))} values from {number(spread.least())} to {number(spread.most())},"
        f" median {number(spread.median())}"
    )
