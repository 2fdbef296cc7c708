"""The first lines of the page: whether tuning helped, and what got better and worse, side by side."""

from collections.abc import Iterator, Sequence

from pitchpipe_stages.evaluate.evaluated import BothModels, Evaluated
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.report.scores.table import both_of
from pitchpipe_tools.report.scores.words import signed, title_of, written

LISTED = 8  # scores and groups in a list
FIRST = 3  # scores in a sentence
SIGNS = {"better": "▲", "worse": "▼"}


def verdict(found: Evaluated) -> Markup:
    """The sentence of the evaluation; below it two lists of one size."""
    upshot = found.upshot
    kind = "worse" if upshot.worse or upshot.worse_groups else "better" if upshot.better else "unsure"
    lists = [_list(found, way) for way in ("worse", "better")] if found.difference else []
    return sentence(upshot.sentence or _alone(found), kind, lists)


def sentence(words: str, kind: str = "unsure", lists: Sequence[Markup] = ()) -> Markup:
    """What a reader should know if they read nothing else."""
    return element(
        "section",
        element("h2", "Verdict", id="verdict", class_="skip"),
        element("p", words, class_="sentence"),
        element("div", list(lists), class_="changes") if lists else None,
        class_=f"verdict {kind}",
        aria_labelledby="verdict",
    )


def _alone(found: Evaluated) -> str:
    which = " and ".join(f"the {name} model" for name in found.models)
    return f"Scores of {which}: {_few(found)}."


def _few(found: Evaluated) -> str:
    """The first scores, in words."""
    scores = list((found.tuned or found.base).items())
    words = [f"{title_of(name)} {written(score.value, score.is_share)}" for name, score in scores[:FIRST]]
    return ", ".join(words) + (f", and {len(scores) - FIRST:,} more" if len(scores) > FIRST else "")


def _list(found: Evaluated, way: str) -> Markup:
    changes = list(_changes(found, way))
    shown = [element("li", line) for line in changes[:LISTED]]
    if more := len(changes) - LISTED:
        shown += [element("li", f"and {more:,} more, below")] if more > 0 else []
    title = f"{SIGNS[way]} Got {way}" + (f": {len(changes):,}" if changes else ": nothing that is sure")
    return element("div", element("h3", title), element("ul", shown) if shown else None, class_=way)


def _changes(found: Evaluated, way: str) -> Iterator[list[object]]:
    """Scores on the whole, then those groups in which a score went another way than on the whole."""
    for name, both in both_of(found).items():
        if both.difference and both.difference.way == way:
            yield _words(title_of(name), both)
    for name, groups in found.groups.items():
        whole = found.difference.get(name)
        for group, both in groups.items() if whole and whole.way != way else ():
            if both.difference and both.difference.way == way:
                yield _words(f"{title_of(name)}, {group}", both)


def _words(title: str, both: BothModels) -> list[object]:
    is_share = bool(both.tuned and both.tuned.is_share)
    base, tuned = (written(side.value, is_share) if side else "" for side in (both.base, both.tuned))
    change = signed(both.difference.value, is_share) if both.difference else ""
    return [
        element("span", title[:120]),
        element("b", f"{base} → {tuned}", title=f"{change}{' points' * is_share}"),
    ]
