"""Scores and differences as a person reads them: on the screen, in the report, in a model's card."""

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.evaluated import BothModels, Difference


def readable(name: str) -> str:
    """The name of a score."""
    return name.replace("_", " ")


def number(value: float | None, is_share: bool) -> str:
    """A value of a score; a share without its sign of per cent."""
    if value is None or value != value:
        return "not a number"
    if is_share:
        return f"{100 * value:.1f}"
    if abs(value) >= 1e6:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


def plain(score: Score) -> str:
    """A score alone."""
    found = number(score.value, score.is_share)
    return f"{found} %" if score.is_share and score.value is not None else found


def interval(one: Score | Difference, is_share: bool) -> str:
    """The interval in which a score or a difference lies."""
    if one.low is None or one.high is None:
        return ""
    return f"({number(one.low, is_share)} to {number(one.high, is_share)})"


def shown(score: Score, between: str = "  ") -> str:
    """A score with the interval in which it lies."""
    return between.join(filter(None, (plain(score), interval(score, score.is_share))))


def gained(difference: Difference, is_share: bool) -> str:
    """A difference; of shares in points."""
    if difference.value is None:
        return ""
    found = number(difference.value, is_share)
    return f"+{found}" if difference.value > 0 else found


def difference_shown(both: BothModels, between: str = "  ") -> str:
    """A difference, which way it is, and its interval."""
    one, score = both.difference, both.tuned or both.base
    if one is None or score is None:
        return ""
    way = one.way if score.better else ""
    gain = " ".join(filter(None, (gained(one, score.is_share), way)))
    return between.join(filter(None, (gain, interval(one, score.is_share))))


def moved(name: str, both: BothModels) -> str:
    """What became of a score: "exact match rose from 2.5 % to 87.1 %"."""
    base, tuned = both.base, both.tuned
    assert base and tuned
    if tuned.value is None or base.value is None:
        return f"{readable(name)} is {plain(tuned)}, base {plain(base)}"
    verb = "rose" if tuned.value > base.value else "fell"
    return f"{readable(name)} {verb} from {plain(base)} to {plain(tuned)}"
