"""The axis below a histogram."""

from pitchpipe_tools.html.bins import round_step
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import brief

TICKS = 6  # about


def axis(edges: list[float], whole: bool) -> Markup:
    """A few numbers below a histogram. A bar that holds one whole number has its number below its middle."""
    size = len(edges) - 1
    growing = size > 2 and edges[-1] - edges[-2] > 1.2 * (edges[1] - edges[0])
    single = whole and not growing and edges[1] - edges[0] == 1
    indices = _powers_of_ten(edges) if growing else _multiples(edges[:-1] if single else edges, single)
    indices = indices if len(indices) > 1 else [0, *indices, size - single]
    ticks = [
        element("span", brief(edges[index]), style=f"left:{100 * (index + single / 2) / size:.1f}%")
        for index in dict.fromkeys(indices)
    ]
    return element("div", ticks, class_="axis", aria_hidden="true")


def _powers_of_ten(edges: list[float]) -> list[int]:
    """The indices of the edges at 1, 10, 100 and so on."""
    return [index for index, edge in enumerate(edges) if edge and f"{edge:e}".startswith("1.000000")]


def _multiples(edges: list[float], whole: bool) -> list[int]:
    """The indices of the edges at multiples of a round number."""
    step = round_step((edges[-1] - edges[0]) / TICKS or 1, (1, 2, 5, 10))
    step = max(step, 1.0) if whole else step
    return [index for index, edge in enumerate(edges) if abs(edge / step - round(edge / step)) < 1e-6]
