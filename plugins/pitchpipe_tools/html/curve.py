"""Numbers over steps or time as inline SVG. Of a long curve the least and the most of a stretch are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from pitchpipe_tools.html.along import STEPS, Along, below
from pitchpipe_tools.html.curve_scale import HEIGHT, WIDTH, Scale, beside, x_of
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number

STRETCHES = 150  # of a long curve
ZONES = 60  # that say their numbers where one points at them

Point = tuple[int, float]


@dataclass(frozen=True)
class Curve:
    """A named curve. Values that are no finite numbers leave a gap."""

    name: str
    kind: str  # its class, which has the colour
    points: Sequence[Point]

    def finite(self) -> list[Point]:
        return [(step, value) for step, value in self.points if isfinite(value)]


def chart(
    curves: Sequence[Curve], by_powers: bool = False, from_zero: bool = False, along: Along = STEPS
) -> Markup:
    """Curves over the same steps, the first one in front."""
    drawn = [curve for curve in curves if curve.finite()]
    values = [value for curve in drawn for _, value in curve.finite()]
    if not values:
        return element("p", "no finite number", class_="quiet")
    scale = Scale(values, by_powers, from_zero)
    first = min(curve.points[0][0] for curve in drawn)
    last = max(curve.points[-1][0] for curve in drawn)
    marks = [mark for mark in scale.marks() if scale.shows(mark)]
    levels = "".join(f"M0 {scale.height(mark)}h{WIDTH}" for mark in marks)
    drawing = element(
        "svg", element("path", d=levels, class_="level") if levels else None,
        [_path(curve, scale, first, last) for curve in reversed(drawn)],
        [_zone(at, drawn, first, last, along) for at in range(ZONES)],
        viewBox=f"0 0 {WIDTH} {HEIGHT}", preserveAspectRatio="none",
        role="img", aria_label="; ".join(_described(curve, along) for curve in drawn),
    )  # fmt: skip
    return element("div", beside(marks, scale), drawing, below(first, last, along), class_="histogram curve")


def _path(curve: Curve, scale: Scale, first: int, last: int) -> Markup:
    """One path, broken where a value is no number; a lone point is a line of no length, which is a dot."""
    parts: list[str] = []
    is_down = False
    for step, value in thinned(curve.points):
        if not isfinite(value):
            is_down = False
            continue
        place = f"{x_of(step, first, last):g} {scale.height(value):g}"
        parts.append(f"L{place}" if is_down else f"M{place}h0")
        is_down = True
    lone = " lone" if len(parts) == 1 else ""
    return element("path", d="".join(parts), class_=f"line {curve.kind}{lone}")


def thinned(points: Sequence[Point]) -> list[Point]:
    """The least and the most of each stretch, in their order; all points where they are few."""
    if len(points) <= 2 * STRETCHES:
        return list(points)
    size = len(points) / STRETCHES
    found: list[Point] = []
    for at in range(STRETCHES):
        stretch = points[round(at * size) : round((at + 1) * size)]
        finite = [point for point in stretch if isfinite(point[1])]
        ends = {min(finite, key=_value), max(finite, key=_value)} if finite else set()
        found += sorted(ends) + ([] if len(finite) == len(stretch) else [(stretch[-1][0], float("nan"))])
    if isfinite(points[-1][1]) and found[-1] != points[-1]:
        found.append(points[-1])
    return found


def _value(point: Point) -> float:
    return point[1]


def _zone(at: int, curves: Sequence[Curve], first: int, last: int, along: Along) -> Markup | None:
    """An invisible box over a stretch; its tooltip gives the last numbers in it."""
    if last == first and at:
        return None
    width = WIDTH / ZONES if last > first else WIDTH
    low, high = (first + (last - first) * (at + end) / ZONES for end in (0, 1))
    said = []
    for curve in curves:
        inside = [point for point in curve.points if low <= point[0] <= high]
        if inside:
            step, value = inside[-1]
            words = number(value) if isfinite(value) else "not a number"
            said.append(f"{along.said(step)}: {curve.name} {words}")
    if not said:
        return None
    box = f'<rect x="{at * width:g}" y="0" width="{width:g}" height="{HEIGHT}" class="zone">'
    return joined(Markup(box), element("title", "; ".join(said)), Markup("</rect>"))


def _described(curve: Curve, along: Along) -> str:
    """A curve in words, for screen readers."""
    finite = curve.finite()
    values = [value for _, value in finite]
    return (
        f"{curve.name}: {number(values[0])} at {along.said(finite[0][0])}, {number(values[-1])} at"
        f" {along.said(finite[-1][0])}, between {number(min(values))} and {number(max(values))}"
    )
