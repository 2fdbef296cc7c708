"""The last hour, drawn: how much was asked and written, and how long the first word took."""

from collections.abc import Callable, Sequence

from pitchpipe_stages.serve.history import SECONDS, ServedHistory, ServedMoment
from pitchpipe_tools.html.along import TIME
from pitchpipe_tools.html.curve import Curve, chart
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element

POINTS = 120  # of a curve, at most
NOTHING = float("nan")


def charts(history: ServedHistory) -> Markup:
    """The moments that are over; the one that goes on would look like a fall."""
    moments = history.moments()[:-1]
    if not any(moment.requests for moment in moments):
        return element(
            "p", "What is asked is drawn here, ten seconds after the first request.", class_="quiet"
        )
    joint = joined_moments(moments)
    size = -(-len(moments) // POINTS) * SECONDS

    def points(value: Callable[[ServedMoment], float | None]) -> list[tuple[int, float]]:
        return [(at.began, NOTHING if (found := value(at)) is None else found) for at in joint]

    drawn = [
        _figure("Requests a second", [Curve("requests", "now", points(lambda at: at.requests / size))]),
        _figure("Tokens a second", [Curve("tokens", "now", points(lambda at: at.tokens / size))]),
        _figure(
            "Seconds to the first word",
            [Curve("half of them within", "now", points(lambda at: at.first(0.5))),
             Curve("19 of 20 within", "validation", points(lambda at: at.first(0.95)))],
            legend(("now", "half of the answers within"), ("validation", "19 of 20 within")),
        ),
    ]  # fmt: skip
    return element("div", drawn, class_="charts hour")


def joined_moments(moments: Sequence[ServedMoment]) -> list[ServedMoment]:
    """As many as can be drawn: several are one, each as long; what is over at the front is left out."""
    size = -(-len(moments) // POINTS)
    found = list[ServedMoment]()
    for start in range(len(moments) % size, len(moments), size):
        one = ServedMoment(moments[start].began)
        for moment in moments[start : start + size]:
            one.requests, one.tokens = one.requests + moment.requests, one.tokens + moment.tokens
            one.firsts += moment.firsts
        found.append(one)
    return found


def _figure(title: str, curves: Sequence[Curve], below: Markup | None = None) -> Markup:
    drawing = chart(curves, from_zero=True, along=TIME)
    return element("figure", element("figcaption", element("h4", title)), drawing, below)
