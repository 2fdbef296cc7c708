"""Scores of both models as a table with drawings: dots with whiskers, and the difference beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.evaluated import BothModels, Difference, Evaluated
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.whiskers import WIDTH, Ruler, Whisker, whiskers
from pitchpipe_tools.report.scores.words import MINUS, cell, difference_cell

SHARES = Ruler(-0.02, 1.02)
APART = f"tuned {MINUS} base"
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class ScoreLine:
    """A line of the table: a title, a remark below it, and the scores."""

    title: str
    remark: str
    both: BothModels

    @property
    def one(self) -> Score | None:
        return self.both.tuned or self.both.base


def lines_of(found: Mapping[str, BothModels], titles: Mapping[str, str]) -> list[ScoreLine]:
    return [ScoreLine(titles[name], remark(both), both) for name, both in found.items()]


def both_of(found: Evaluated) -> dict[str, BothModels]:
    """Each score of both models, the order of the evaluators kept."""
    names = dict.fromkeys([*found.tuned, *found.base])
    return {
        name: BothModels(found.base.get(name), found.tuned.get(name), found.difference.get(name))
        for name in names
    }


def remark(both: BothModels) -> str:
    """Of how many items a score is, and where low is good."""
    score = both.tuned or both.base
    if score is None:
        return ""
    counts = dict.fromkeys(side.count for side in (both.base, both.tuned) if side)
    words = " and ".join(f"{count:,}" for count in counts)
    items = f"{words} item{'s' * (words != '1')}"
    return f"{items}, lower is better" if score.better == "lower" else items


def score_table(heading: str, lines: Sequence[ScoreLine]) -> Markup:
    """A row for each line; each drawing of a share has the same scale, each other one a scale of its own."""
    paired = any(line.both.difference for line in lines)
    sides = [name for name in ("base", "tuned") if any(getattr(line.both, name) for line in lines)]
    shares = Ruler.about_zero(
        [e for line in lines if line.one and line.one.is_share for e in _differences(line.both)]
    )
    percent = _percent() if any(line.one and line.one.is_share for line in lines) else None
    head = [heading, percent, *sides, *(["", APART] if paired else [])]
    titles = [
        element("th", title, scope="col", class_="number" if title in sides else None) for title in head
    ]
    rows = [_row(line, sides, paired, shares) for line in lines]
    whole = element(
        "table",
        element("thead", element("tr", titles)),
        element("tbody", rows),
        class_="compared" if len(sides) > 1 else "compared single",
    )
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=f"table: {heading}")


def _percent() -> Markup:
    """The scale of shares, above their drawings."""
    marks = [
        element("span", f"{100 * mark:.0f}%", style=f"left:{100 * SHARES.place(mark) / WIDTH:.1f}%")
        for mark in QUARTERS[::2]
    ]
    return element("span", marks, class_="axis", aria_hidden="true")


def key(found: Mapping[str, BothModels]) -> Markup | None:
    """What the dots stand for, where they are of two models."""
    if not any(both.base and both.tuned for both in found.values()):
        return None
    return legend(("ring", "base"), ("disc", "tuned"), ("better", "▲ better"), ("worse", "▼ worse"))


def _row(line: ScoreLine, sides: Sequence[str], paired: bool, shares: Ruler) -> Markup:
    is_share = bool(line.one and line.one.is_share)
    estimates, differences = _sides(line.both), _differences(line.both)
    ruler = SHARES if is_share and _within(estimates) else Ruler.around(estimates)
    marks = QUARTERS if ruler is SHARES else ()
    speaks = ruler is SHARES or len(estimates) > 1  # one value on a scale of its own says nothing
    power = element("small", "powers of ten", class_="scaled") if speaks and ruler.by_powers else None
    beside = shares if is_share else Ruler.about_zero(differences)
    cells = [
        element("th", element("span", line.title), element("small", line.remark), scope="row"),
        element("td", whiskers(estimates, ruler, marks) if speaks else None, power, class_="drawn"),
        *(element("td", cell(getattr(line.both, side)), class_="number", data_label=side) for side in sides),
    ]
    if paired:
        drawing = whiskers(differences, beside, (0.0,)) if differences else None
        words = difference_cell(line.both.difference, is_share)
        cells += [
            element("td", drawing, class_="drawn apart"),
            element("td", words, class_="told", data_label=APART if words else None),
        ]
    way = line.both.difference.way if line.both.difference else ""
    return element("tr", cells, class_=way or None)


def _sides(both: BothModels) -> list[Whisker]:
    scores = (("base", "ring", both.base), ("tuned", "disc", both.tuned))
    return [
        Whisker(name, kind, score.value, score.low, score.high)
        for name, kind, score in scores
        if score is not None and score.value is not None
    ]


def _differences(both: BothModels) -> list[Whisker]:
    found: Difference | None = both.difference
    if found is None or found.value is None:
        return []
    return [Whisker(APART, found.way, found.value, found.low, found.high)]


def _within(estimates: Iterable[Whisker]) -> bool:
    return all(0 <= value <= 1 for estimate in estimates for value in estimate.finite())


def hows(scores: Mapping[str, Score], titles: Mapping[str, str]) -> Markup | None:
    """How scores were measured, where they say so."""
    said = [(titles[name], score.how) for name, score in scores.items() if score.how]
    if not said:
        return None
    words = [(element("dt", title), element("dd", how)) for title, how in said]
    return element(
        "details",
        element("summary", "How they were measured"),
        element("dl", joined(*words)),
        class_="plain hows",
    )
