"""Values with their intervals, as dots and whiskers on one scale: inline SVG that stretches."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, log10

from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number

WIDTH, LANE = 200, 12  # in units of the drawing; a lane for each estimate
WIDE = 100  # from here on the most is so many times the least that only a scale by powers shows both


@dataclass(frozen=True)
class Whisker:
    """A named value between `low` and `high`. `kind` is its class, which has the colour."""

    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None

    def interval(self) -> tuple[float, float] | None:
        """From low to high, where both are known."""
        if self.low is None or self.high is None or isnan(self.low) or isnan(self.high):
            return None
        return self.low, self.high

    def finite(self) -> list[float]:
        found = (self.value, self.low, self.high)
        return [value for value in found if value is not None and isfinite(value)]


@dataclass(frozen=True)
class Ruler:
    """From values to places in a drawing."""

    low: float
    high: float
    by_powers: bool = False

    @classmethod
    def around(cls, estimates: Sequence[Whisker]) -> "Ruler":
        """One that holds these, with some room."""
        values = [value for estimate in estimates for value in estimate.finite()] or [0.0]
        least, most = min(values), max(values)
        if least > 0 and most > WIDE * least:
            return cls(log10(least) - 0.1, log10(most) + 0.1, by_powers=True)
        room = 0.08 * (most - least) or abs(most) * 0.1 or 1.0
        return cls(least - room, most + room)

    @classmethod
    def about_zero(cls, estimates: Sequence[Whisker]) -> "Ruler":
        """One with 0 in its middle."""
        most = max((abs(value) for estimate in estimates for value in estimate.finite()), default=0.0) or 1.0
        return cls(-1.08 * most, 1.08 * most)

    def place(self, value: float) -> float:
        """What lies outside is drawn at its end."""
        if self.by_powers:
            value = log10(value) if value > 0 else self.low
        return round(WIDTH * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0), 2)


def whiskers(estimates: Sequence[Whisker], ruler: Ruler, marks: Sequence[float] = ()) -> Markup:
    """A lane for each estimate, from the top down; a thin line at each of the `marks`."""
    shown = [estimate for estimate in estimates if isfinite(estimate.value)]
    height = LANE * max(len(estimates), 1)
    lines = "".join(f"M{ruler.place(mark)} 0v{height}" for mark in marks)
    lanes = [_lane(one, ruler, LANE * at + LANE / 2) for at, one in enumerate(estimates) if one in shown]
    return element(
        "svg", element("path", d=lines, class_="level") if lines else None, lanes,
        viewBox=f"0 0 {WIDTH} {height}", preserveAspectRatio="none", class_=f"whiskers lanes{len(estimates)}",
        role="img", aria_label="; ".join(map(_described, shown)) or "no number",
    )  # fmt: skip


def _lane(estimate: Whisker, ruler: Ruler, middle: float) -> list[Markup]:
    """A line from low to high, and a dot: a line of no length, round whatever the drawing is stretched to."""
    at = ruler.place(estimate.value)
    low, high = map(ruler.place, estimate.interval() or (estimate.value, estimate.value))
    return [
        element("path", d=f"M{low} {middle}H{high}", class_=f"whisker {estimate.kind}"),
        element("path", d=f"M{at} {middle}h0", class_=f"dot {estimate.kind}"),
        element("path", d=f"M{at} {middle}h0", class_=f"eye {estimate.kind}"),
    ]


def _described(estimate: Whisker) -> str:
    """An estimate in words, for screen readers."""
    interval = estimate.interval()
    around = f", between {number(interval[0])} and {number(interval[1])}" if interval else ""
    return f"{estimate.name} {number(estimate.value)}{around}"
