"""The part about answers: cards, and the controls of the page's script that search, sort and filter them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pitchpipe.host.scoring import Score
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.answers.asked import AskedBoth
from pitchpipe_tools.report.answers.cards import card
from pitchpipe_tools.report.answers.choose import ItemScore, change, chosen, deciding
from pitchpipe_tools.report.part import ReportPart
from pitchpipe_tools.report.scores.words import title_of

FIRST = 10  # cards that stand open; the script, too, shows so many at a time
GROUPS = 200  # in the list of groups
WAYS = {
    "worse": "▼ got worse",
    "better": "▲ got better",
    "changed": "◇ are in other words, of the same score",
    "same": "= are the same",
}


def answers_part(found: Sequence[AskedBoth], scores: Mapping[str, Score]) -> ReportPart | None:
    """The part, or nothing where no model was asked anything."""
    told = [asked for asked in found if asked.said]
    if not told:
        return None
    directions = [
        ItemScore(name, score.better, score.is_share)
        for name, score in scores.items()
        if any(name in asked.scores for asked in told)
    ]
    shown = chosen(told, directions)
    cards = [card(asked, directions, at) for at, asked in enumerate(shown)]
    content = joined(
        _controls(shown, directions),
        element("p", f"{number(len(shown))} questions", id="matching", class_="quiet", aria_live="polite"),
        element("div", cards[:FIRST], _rest(cards[FIRST:]), id="cards", data_step=FIRST),
    )
    return ReportPart("answers", "Answers", _introduction(told, shown, directions), content)


def _introduction(
    told: Sequence[AskedBoth], shown: Sequence[AskedBoth], directions: Sequence[ItemScore]
) -> str:
    both = any(len(asked.said) == 2 for asked in told)
    words = f"{_order(told, directions, both)}." if any(one.better for one in directions) else ""
    if both:
        words += f" {_counted(told, directions)}"
    if len(shown) < len(told):
        words += (
            f" Of {number(len(told))} questions {number(len(shown))} are shown: the worst, the best, some of"
            " every group, and some by lot. The files answers-*.jsonl and measured-*.jsonl have all."
        )
    return words.strip()


def _order(told: Sequence[AskedBoth], directions: Sequence[ItemScore], both: bool) -> str:
    if not both:
        return "The worst stands first"
    fell = any(change(asked, directions) == "worse" for asked in told)
    return "What got worse stands first" if fell else "What gained least stands first"


def _counted(told: Sequence[AskedBoth], directions: Sequence[ItemScore]) -> str:
    """How many answers got better and worse, and by which score."""
    ways = Counter(change(asked, directions) for asked in told)
    counted = [f"{number(ways[way])} {WAYS[way][2:]}" for way in WAYS if ways[way]]
    names = dict.fromkeys(one.name for asked in told if (one := deciding(asked, directions)))
    by = f", by {' or '.join(map(title_of, list(names)[:4]))}" if names else ""
    return f"Of {number(len(told))} answers {', '.join(counted)}{by}."


def _rest(cards: Sequence[Markup]) -> Markup | None:
    """Without the script, a fold."""
    if not cards:
        return None
    summary = element("summary", f"{number(len(cards))} more")
    return element("details", summary, list(cards), class_="plain")


# --- Controls -------------------------------------------------------------------------------------


def _controls(shown: Sequence[AskedBoth], directions: Sequence[ItemScore]) -> Markup:
    """Hidden until the script comes that they are for."""
    both = any(len(asked.said) == 2 for asked in shown)
    box = element("input", type="search", id="find", placeholder="words of a prompt or an answer")
    fields = [
        _field("find", "Search", box),
        _field("order", "Order", element("select", list(_orders(directions, both)), id="order")),
        _choice("set", "Questions of", sorted({asked.set for asked in shown})),
        _choice("group", "Group", sorted({asked.group for asked in shown if asked.group})[:GROUPS]),
        _ways(shown) if both else None,
    ]
    return element("form", fields, class_="controls", id="controls", hidden="", role="search")


def _field(id: str, title: str, control: Markup) -> Markup:
    return element("label", element("span", title), control, for_=id)


def _choice(id: str, title: str, names: Sequence[str]) -> Markup | None:
    if len(names) < 2:
        return None
    options = [element("option", "all", value=""), *(element("option", n[:80], value=n) for n in names)]
    return _field(id, title, element("select", options, id=id))


def _ways(shown: Sequence[AskedBoth]) -> Markup:
    options = [element("option", words, value=way) for way, words in WAYS.items()]
    return _field(
        "way", "Answers that", element("select", element("option", "all", value=""), options, id="way")
    )


def _orders(directions: Sequence[ItemScore], both: bool) -> Iterator[Markup]:
    """Each order as "score, what of it, 1 where the least comes first"; the script reads that."""
    yield element("option", "what got worse first" if both else "worst first", value="place,,1")
    yield element("option", "what got better first" if both else "best first", value="place,,-1")
    for at, direction in enumerate(directions):
        if direction.better is None:
            continue
        sign = 1 if direction.better == "higher" else -1
        name = title_of(direction.name, 40)
        if both:
            yield element("option", f"{name}: got worse first", value=f"{at},gain,{sign}")
            yield element("option", f"{name}: got better first", value=f"{at},gain,{-sign}")
        yield element("option", f"{name}: worst first", value=f"{at},last,{sign}")
        yield element("option", f"{name}: best first", value=f"{at},last,{-sign}")
