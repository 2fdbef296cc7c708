"""The parts about scores, in their order. A part with nothing to show is left out."""

from collections.abc import Iterator, Mapping

from pitchpipe_stages.evaluate.evaluated import BothModels, Evaluated
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.part import ReportPart
from pitchpipe_tools.report.scores.table import ScoreLine, both_of, hows, key, lines_of, remark, score_table
from pitchpipe_tools.report.scores.words import title_of

FEW = 12  # groups that stand unfolded
GROUPS = 40  # of a score and a kind, with a line of their own
WAYS = ("worse", "better", "unsure", "even")  # their order
INTERVALS = "A whisker is the interval that holds the true value with 95% confidence."


def score_parts(found: Evaluated) -> Iterator[ReportPart]:
    """Yields the parts."""
    both = both_of(found)
    titles = {name: title_of(name) for name in both}
    if both:
        lines = sorted(lines_of(both, titles), key=_rank) if found.difference else lines_of(both, titles)
        content = joined(key(both), score_table("score", lines), hows(found.tuned or found.base, titles))
        yield ReportPart("scores", "Scores", _introduction(found), content)
    if any(found.groups.values()):
        yield _groups(found.groups)
    if any(one.tuned or one.base for one in found.contaminated.values()):
        yield _contaminated(found, titles)


def _introduction(found: Evaluated) -> str:
    if not found.difference:
        return f"{INTERVALS} Shares are drawn from 0 to 100%, other scores on a scale of their own."
    return (
        f"{INTERVALS} The difference is that of the same items, so it may be sure where whiskers overlap."
        " What got worse stands first."
    )


def _rank(line: ScoreLine) -> int:
    """What got worse, then what got better, then the rest, in the order of the evaluators."""
    return WAYS.index(line.both.difference.way) if line.both.difference else len(WAYS)


def _size(line: ScoreLine) -> float:
    """How far the models are apart."""
    difference = line.both.difference
    return abs(difference.value or 0.0) if difference else 0.0


# --- Groups ---------------------------------------------------------------------------------------


def _groups(groups: Mapping[str, Mapping[str, BothModels]]) -> ReportPart:
    shown = [(name, found) for name, found in groups.items() if found]
    content = [
        _of_score(name, found, at == 0 and len(found) <= FEW) for at, (name, found) in enumerate(shown)
    ]
    introduction = (
        "Each score by category, by source, or by an evaluator's groups. Small groups have wide intervals."
    )
    return ReportPart("groups", "By group", introduction, joined(key(next(iter(groups.values()))), content))


def _of_score(name: str, groups: Mapping[str, BothModels], unfolded: bool) -> Markup:
    """A score, which unfolds to a table for each kind of group."""
    by_kind: dict[str, dict[str, BothModels]] = {}
    for group, both in groups.items():
        kind, _, rest = group.partition(": ")
        kind, rest = (kind, rest) if kind in ("category", "source") and rest else ("group", group)
        by_kind.setdefault(kind, {})[rest] = both
    ways = [both.difference.way for both in groups.values() if both.difference]
    counts = [
        element("span", f"{sign} {ways.count(way):,} {way}", class_=f"way {way}")
        for sign, way in (("▼", "worse"), ("▲", "better"))
        if way in ways
    ]
    summary = element(
        "summary", element("span", title_of(name), class_="words"), counts,
        element("span", f"{number(len(groups))} groups", class_="count"),
    )  # fmt: skip
    tables = [_of_kind(kind, found) for kind, found in by_kind.items()]
    return element("details", summary, tables, class_="plain", open="" if unfolded else None)


def _of_kind(kind: str, groups: Mapping[str, BothModels]) -> Markup:
    lines = [ScoreLine((group or "(none)")[:120], remark(both), both) for group, both in groups.items()]
    lines = sorted(lines, key=lambda line: (_rank(line), -_size(line)))
    more = len(lines) - GROUPS
    words = f"{number(more)} more groups are not shown: scores.json has all of them."
    return joined(
        score_table(kind, lines[:GROUPS]), element("p", words, class_="quiet") if more > 0 else None
    )


# --- Contaminated items ---------------------------------------------------------------------------


def _contaminated(found: Evaluated, titles: Mapping[str, str]) -> ReportPart:
    introduction = "Items that stand in the training data, whose answers may be remembered, are scored apart."
    lines = []
    for name, known in found.contaminated.items():
        title = titles.get(name, title_of(name))
        lines.append(ScoreLine(f"{title}: in the training data", remark(known), known))
        if clean := found.clean.get(name):
            lines.append(ScoreLine(f"{title}: all others", remark(clean), clean))
    return ReportPart(
        "contaminated",
        "Seen in training",
        introduction,
        joined(key(found.contaminated), score_table("score", lines)),
    )
