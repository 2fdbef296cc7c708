"""A card for each question: the prompt, what was expected, and what both models said, side by side."""

from collections.abc import Sequence

from msgspec import json

from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.answers.asked import AskedBoth, JudgedAnswer, ModelAnswer
from pitchpipe_tools.report.answers.choose import ItemScore, change
from pitchpipe_tools.report.scores.words import title_of, written

WORDS, REASON = 1500, 400  # characters of a text, and of a judge's reason
VERDICTS, TURNS = 6, 6  # on a card
CHIPS = 6  # scores on a card
SIGNS = {"better": "▲ better", "worse": "▼ worse", "changed": "◇ other words", "same": "= the same", "": ""}


def card(asked: AskedBoth, directions: Sequence[ItemScore], place: int) -> Markup:
    """The data attributes are what the page's script sorts and filters by."""
    way = change(asked, directions)
    found = [asked.scores.get(direction.name, {}) for direction in directions]
    values = [[scores.get("base"), scores.get("tuned")] for scores in found]
    facts = [
        element("span", asked.group[:80], class_="group") if asked.group else None,
        element("span", SIGNS[way], class_=f"way {way}") if way else None,
        *_chips(asked, directions),
    ]
    texts = [_text("expected", asked.expected)] if asked.expected else []
    texts += [_said(model, said) for model, said in asked.said.items()]
    return element(
        "article",
        element("p", facts, class_="facts"),
        _before(asked.before),
        _text("asked", asked.prompt),
        element("div", texts, class_=f"texts of{len(texts)}"),
        _judged(asked),
        class_="answer", data_place=place, data_set=asked.set, data_group=asked.group, data_way=way,
        data_scores=json.encode(values).decode(),
    )  # fmt: skip


def _before(turns: Sequence[tuple[str, str]]) -> Markup | None:
    """The turns of a chat before the question, folded."""
    if not turns:
        return None
    said = f"{number(len(turns))} message{'s' * (len(turns) > 1)} before it"
    return element(
        "details", element("summary", said), [_text(*turn) for turn in turns[-TURNS:]], class_="before"
    )


def _chips(asked: AskedBoth, directions: Sequence[ItemScore]) -> list[Markup]:
    shown = [direction for direction in directions if direction.name in asked.scores][:CHIPS]
    return [element("span", _chip(asked, direction), class_="chip") for direction in shown]


def _chip(asked: AskedBoth, direction: ItemScore) -> list[object]:
    found = asked.scores[direction.name]
    values = [found[model] for model in ("base", "tuned") if model in found]
    words = [
        number(value) if direction.is_share and value in (0, 1) else written(value, direction.is_share)
        for value in values
    ]
    return [f"{title_of(direction.name, 40)} ", element("b", " → ".join(dict.fromkeys(words)))]


def _judged(asked: AskedBoth) -> Markup | None:
    """What judges said, each order of two replies apart."""
    if not asked.verdicts:
        return None
    lines = [_verdict(model, verdict) for model, verdict in asked.verdicts[:VERDICTS]]
    return element("ul", [element("li", line) for line in lines], class_="judged")


def _verdict(model: str, verdict: JudgedAnswer) -> list[object]:
    about = f"A is {verdict.a}, B is {verdict.b}" if verdict.a else model
    reason = " ".join((verdict.reason or verdict.problem)[:REASON].split())
    return [element("b", _outcome(verdict.verdict)), f" ({about})", f": {reason}" if reason else None]


def _outcome(verdict: str | float | None) -> str:
    if verdict is None:
        return "no verdict"
    if isinstance(verdict, float):
        return number(verdict)
    return verdict if verdict == "tie" else f"prefers {verdict}"


def _said(model: str, said: ModelAnswer) -> Markup:
    return _text(model, said.text, "" if said.ended in (True, None) else " … does not end by itself")


def _text(title: str, text: str, remark: str = "") -> Markup:
    more = len(text) - WORDS
    rest = element("small", f" … {number(more)} more characters") if more > 0 else None
    shown = text[:WORDS] if text.strip() else element("span", "(nothing)", class_="quiet")
    return element(
        "div",
        element("h4", title, element("small", remark) if remark else None),
        element("div", shown, rest, class_="words", dir="auto"),
        class_=f"text {title}",
    )
