"""What curves go along: the steps of a training, or time."""

from collections.abc import Sequence
from time import localtime, mktime, strftime
from typing import Protocol

from pitchpipe_tools.html.bins import round_step
from pitchpipe_tools.html.curve_scale import MARKS, WIDTH, x_of
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import brief

ABOUT = 5  # numbers below a drawing
DAY = 86400
APART = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, DAY)  # seconds


class Along(Protocol):
    """Says where something is, and which places are marked below a drawing."""

    def said(self, place: int) -> str: ...
    def marks(self, first: int, last: int) -> Sequence[tuple[int, str]]: ...


class AlongSteps:
    """The steps of a training."""

    def said(self, place: int) -> str:
        return f"step {place:,}"

    def marks(self, first: int, last: int) -> Sequence[tuple[int, str]]:
        step = max(round_step((last - first) / ABOUT, MARKS), 1) if last > first else 1
        places = [first] if first == last else range(-(-first // int(step)) * int(step), last + 1, int(step))
        return [(place, brief(place)) for place in places]


class AlongTime:
    """Seconds since 1970, told as the clock where the page is written."""

    def said(self, place: int) -> str:
        return strftime("%d %b %H:%M:%S", localtime(place))

    def marks(self, first: int, last: int) -> Sequence[tuple[int, str]]:
        wanted = (last - first) / ABOUT
        step = next((step for step in APART if step >= wanted), DAY * (1 + int(wanted // DAY)))
        *date, _, _, _ = localtime(first)[:6]
        midnight = int(mktime((*date, 0, 0, 0, 0, 0, -1)))  # type: ignore[arg-type]
        begin = midnight - (midnight - first) // step * step
        return [(at, _clock(at)) for at in range(begin, last + 1, step) if at >= first]


def _clock(seconds: int) -> str:
    """The hour; at midnight the day that begins."""
    at = localtime(seconds)
    return strftime("%H:%M" if at.tm_hour or at.tm_min else "%d %b", at)


STEPS, TIME = AlongSteps(), AlongTime()


def below(first: int, last: int, along: Along) -> Markup:
    """The marks below a drawing."""
    spans = [
        element("span", words, style=f"left:{100 * x_of(place, first, last) / WIDTH:.1f}%")
        for place, words in along.marks(first, last)
    ]
    return element("div", spans, class_="axis", aria_hidden="true")
