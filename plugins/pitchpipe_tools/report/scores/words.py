"""Scores and differences in words."""

from math import isfinite

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.evaluated import Difference
from pitchpipe_stages.evaluate.words import readable
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number

SIGNS = {"better": "▲ better", "worse": "▼ worse", "even": "= the same", "unsure": "~ unsure"}
LONG = 60  # characters of a name in one line
MINUS = "\N{MINUS SIGN}"


def title_of(name: str, most: int = LONG) -> str:
    """A score's name as people say it."""
    said = readable(name)
    return said if len(said) <= most else f"{said[: most - 1]}…"


def written(value: float | None, is_share: bool) -> str:
    if value is None or not isfinite(value):
        return "not a number"
    return f"{100 * value:.1f}%" if is_share else _short(value)


def interval(score: Score) -> str:
    """Between what the score lies, or nothing where that is not known."""
    if score.low is None or score.high is None:
        return ""
    if score.is_share:
        return f"{100 * score.low:.1f} to {100 * score.high:.1f}"
    return f"{_short(score.low)} to {_short(score.high)}"


def cell(score: Score | None) -> Markup | None:
    """A score in a table: its value, and its interval below."""
    if score is None:
        return None
    around = interval(score)
    return element(
        "span",
        element("b", written(score.value, score.is_share)),
        element("small", around) if around else None,
        class_="value",
    )


def signed(value: float | None, is_share: bool) -> str:
    """A difference; that of shares is in points."""
    if value is None or not isfinite(value):
        return "not a number"
    size = f"{abs(100 * value):.1f}" if is_share else _short(abs(value))
    sign = MINUS if value < 0 else "+"
    return f"{sign}{size}" if size.strip("0.") else size


def difference_cell(difference: Difference | None, is_share: bool) -> Markup | None:
    if difference is None:
        return None
    known = difference.low is not None and difference.high is not None
    around = f"{signed(difference.low, is_share)} to {signed(difference.high, is_share)}" if known else ""
    unit = " points" if is_share and difference.value is not None else ""
    return element(
        "span",
        element("b", signed(difference.value, is_share), unit),
        " ",
        element("span", SIGNS[difference.way], class_=f"way {difference.way}"),
        element("small", around) if around else None,
        class_="value",
    )


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) >= 1e6 else number(value)
