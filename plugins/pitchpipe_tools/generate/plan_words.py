"""A plan as a table, and in a few lines before anything is sent."""

from collections.abc import Sequence
from dataclasses import replace

from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.requests.budget import Budget, Charge
from pitchpipe_tools.generate.fitting import show_fitting
from pitchpipe_tools.generate.forecast import DRAWS, Between, Took, total
from pitchpipe_tools.generate.plan import STRAYS, LeftToAsk
from pitchpipe_tools.generate.words import Say, dollars, several, span, tokens, whole

HEAD = ["generator", "on record", "to ask", "tokens read", "written", "price", "by"]
SPARE = ("written", "tokens read", "by", "on record")
BY = {"counted": "", "measured": "measured", "few": "few", "stated": "stated", "least": "next alone"}
MEANS = {
    "measured": f"measured: by what is on record; ranges hold 95 % of {DRAWS:,} draws of it (bootstrap)",
    "few": f"few: by what is on record, which is little: {STRAYS:g} times less or more may be true",
    "stated": f"stated: by the generator's own words; it may be {STRAYS:g} times less or more",
    "least": "next alone: the questions that come next; what follows from the replies is not known",
}


def show_table(
    console: RichConsole, planned: Sequence[LeftToAsk], priced: bool, operators: bool = False
) -> None:
    """What each generator has left to ask, and what it takes."""
    rows = [row for one in planned for row in _rows(one, priced)[: None if operators else 1]]
    if len(planned) > 1:
        rows.append([*_row("all", all_of(planned), priced)[:-1], ""])
    show_fitting(console, HEAD, rows, SPARE)


def show_means(console: RichConsole, planned: Sequence[LeftToAsk]) -> None:
    """What the last column means."""
    for basis in dict.fromkeys(one.basis for one in planned):
        if basis in MEANS:
            console.say(f"[dim]{MEANS[basis]}[/]")


def _rows(one: LeftToAsk, priced: bool) -> list[list[str]]:
    """A generator, and where its operators are measured each of them."""
    rows = [_row(one.label, one, priced)]
    if one.basis in ("measured", "few") and len(one.operators) > 1:
        for name, share in one.operators.items():
            rows.append([*_row(f"  {name or '(not known)'}", _part(one, share), priced)[:-1], ""])
    return rows


def _part(one: LeftToAsk, share: Took) -> LeftToAsk:
    """What is left to an operator, if it has the share that it had so far."""
    whole = total(list(one.operators.values()))
    parts = [part / of if of else 0.0 for part, of in zip(share, whole, strict=True)]
    left = Between(*(Took(*(a * b for a, b in zip(end, parts, strict=True))) for end in one.left))
    return replace(one, known=int(share.questions), left=left)


def _row(name: str, one: LeftToAsk, priced: bool) -> list[str]:
    numbers = [whole(one.known), _at(one, "questions"), _at(one, "read", tokens), _at(one, "written", tokens)]
    return [name, *numbers, _at(one, "dollars", dollars) if priced else "", BY[one.basis]]


def _at(one: LeftToAsk, name: str, say: Say = whole) -> str:
    """A range; of what comes next alone the lower end, for the upper one is not known."""
    low, high = getattr(one.left.low, name), getattr(one.left.high, name)
    return f"at least {say(low)}" if one.basis == "least" else span(low, high, say)


def all_of(planned: Sequence[LeftToAsk]) -> LeftToAsk:
    """The sums. The ends of ranges add up to a range that is wider than it need be."""
    left = Between(*(total(ends) for ends in zip(*(one.left for one in planned), strict=True)))
    shaky = any(one.basis == "least" for one in planned)
    basis = "least" if shaky else "counted" if all(one.basis == "counted" for one in planned) else "measured"
    return LeftToAsk("", sum(one.known for one in planned), sum(one.next for one in planned), left, basis, {})  # type: ignore[arg-type]


def in_a_line(planned: Sequence[LeftToAsk], priced: bool) -> str:
    """What is about to happen."""
    one = all_of(planned)
    known = f"{several(one.known, 'reply')} on record"
    if not one.left.high.questions:
        return f"{known}, nothing is new"
    said = f"{known}, {_at(one, 'questions')} to ask"
    return f"{said} for {_at(one, 'dollars', dollars)}" if priced else said


def nothing_left(planned: Sequence[LeftToAsk]) -> bool:
    return not any(one.left.high.questions for one in planned)


def too_little(planned: Sequence[LeftToAsk], budget: Budget, spent: Charge) -> str:
    """A warning, where what is left of the budget is less than what is left to ask."""
    low, high = all_of(planned).left.low, all_of(planned).left.high
    for most, taken, least, may, say, unit in (
        (budget.dollars, spent.dollars, low.dollars, high.dollars, dollars, ""),
        (budget.requests, spent.requests, low.questions, high.questions, whole, " requests"),
        (budget.tokens, spent.tokens, low.read + low.written, high.read + high.written, tokens, " tokens"),
    ):
        if most is not None and may > (rest := max(0.0, most - taken)):
            sure = "is not" if least > rest else "may not be"
            return f"the budget {sure} enough: {say(rest)} of {say(most)}{unit} are left"
    return ""
