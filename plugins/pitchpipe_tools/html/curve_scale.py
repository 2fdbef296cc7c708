"""The scales of curves: from values to places in a drawing, and the numbers beside it."""

from collections.abc import Sequence
from math import floor, log10

from pitchpipe_tools.html.bins import round_step
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import brief

WIDTH, HEIGHT = 600, 100  # of the drawing
MARKS = (1, 2, 5, 10)
WIDE = 100  # from here on the most is so many times the least that only a scale by powers shows both


class Scale:
    """From values to heights, evenly or by powers of ten."""

    def __init__(self, values: Sequence[float], by_powers: bool, from_zero: bool):
        least, most = min(values), max(values)
        self.by_powers = by_powers and least > 0 and most > WIDE * least
        if self.by_powers:
            self.low, self.high = log10(least), log10(most)
        else:
            least = min(least, 0.0) if from_zero else least
            room = 0.05 * (most - least) or abs(most) * 0.1 or 1.0
            self.low, self.high = (least if from_zero and least == 0 else least - room), most + room

    def height(self, value: float) -> float:
        """From the top of the drawing."""
        value = log10(value) if self.by_powers else value
        return round(HEIGHT * (1 - (value - self.low) / ((self.high - self.low) or 1)), 2)

    def marks(self) -> list[float]:
        """A few round numbers within the scale."""
        if self.by_powers:
            powers = range(floor(self.low), floor(self.high) + 1)
            apart = max(1, len(powers) // 4)
            return [10.0**power for power in powers[::apart] if self.low <= power <= self.high]
        step = round_step((self.high - self.low) / 4, MARKS)
        first = floor(self.low / step) + 1
        found = [round((first + at) * step, 12) for at in range(10)]
        return [0.0, *found] if self.low == 0 else found

    def shows(self, value: float) -> bool:
        return 0 <= self.height(value) <= HEIGHT


def x_of(step: float, first: int, last: int) -> float:
    return round(WIDTH * (step - first) / (last - first), 2) if last > first else WIDTH / 2


def beside(marks: Sequence[float], scale: Scale) -> Markup:
    spans = [element("span", brief(mark), style=f"bottom:{100 - scale.height(mark):.1f}%") for mark in marks]
    return element("div", spans, class_="scale", aria_hidden="true")
