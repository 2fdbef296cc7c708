"""The numbers below a histogram and beside it."""

from pitchpipe_tools.html.bins import round_step
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import brief

TICKS = 6  # about, below
LEVELS = 3  # at most, beside
FILLED = 0.97  # of the height, by the highest bar


def axis(edges: list[float], whole: bool) -> Markup:
    """A few numbers below a histogram."""
    size = len(edges) - 1
    growing = size > 2 and edges[-1] - edges[-2] > 1.2 * (edges[1] - edges[0])
    single = whole and not growing and edges[1] - edges[0] == 1
    indices = _round_numbers(edges) if growing else _multiples(edges[:-1] if single else edges, single)
    indices = indices if len(indices) > 1 else [0, *indices, size - single]
    ticks = [
        element("span", brief(edges[index]), style=f"left:{100 * _place(edges, index, whole) / size:.1f}%")
        for index in dict.fromkeys(indices)
    ]
    return element("div", ticks, class_="axis", aria_hidden="true")


def _place(edges: list[float], index: int, whole: bool) -> float:
    """Where the number of an edge stands, in bars: below the middle of a bar of one whole number."""
    holds_one = whole and index < len(edges) - 1 and edges[index + 1] - edges[index] == 1
    return index + holds_one / 2


def _round_numbers(edges: list[float]) -> list[int]:
    """The indices of the edges at 0, 1, 10, 100 and so on; where these are few, also at 2, 5, 20, 50."""
    tens = _first_digits(edges, "01")
    return tens if len(tens) > 3 else _first_digits(edges, "0125")


def _first_digits(edges: list[float], digits: str) -> list[int]:
    """The indices of the edges that are one of these digits and zeros."""
    written = [f"{edge:e}" for edge in edges]
    return [index for index, text in enumerate(written) if text[0] in digits and not text[2:8].strip("0")]


def _multiples(edges: list[float], whole: bool) -> list[int]:
    """The indices of the edges at multiples of a round number."""
    step = round_step((edges[-1] - edges[0]) / TICKS or 1, (1, 2, 5, 10))
    step = max(step, 1.0) if whole else step
    return [index for index, edge in enumerate(edges) if abs(edge / step - round(edge / step)) < 1e-6]


def levels(highest: float) -> list[tuple[float, float]]:
    """A few round numbers of rows, each with its height where the highest bar is `highest`."""
    step = max(round_step(highest / LEVELS, (1, 2, 5, 10)), 1.0)
    return [(step * index, FILLED * step * index / highest) for index in range(int(highest // step) + 1)]


def scale(highest: float) -> Markup:
    """The numbers beside a histogram: how many rows a bar of that height stands for."""
    marks = [
        element("span", brief(rows), style=f"bottom:{100 * height:.1f}%") for rows, height in levels(highest)
    ]
    return element("div", marks, class_="scale", aria_hidden="true")
