"""A plan as a table, and in a few lines before anything is sent."""

from collections.abc import Sequence

from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_tools.generate.forecast import DRAWS, Between, total
from pitchpipe_tools.generate.plan import STRAYS, Planned
from pitchpipe_tools.generate.words import dollars, several, span, tokens, whole

NARROW = 90  # columns, below which tokens are left out
ON = {
    "measured": f"an estimate by what is on record; the range holds 95 % of {DRAWS:,} draws (bootstrap)",
    "stated": f"an estimate by the generator's own statement; it may be {STRAYS:g} times less or more",
    "least": "the next questions alone, replies of none to all of the tokens that they may have: what follows"
    " from the replies is not known",
}


def show_table(console: RichConsole, planned: Sequence[Planned], priced: bool) -> None:
    """What each generator has left to ask, and what it takes."""
    wide = console.rich.width >= NARROW or not console.rich.is_terminal
    head = ["generator", "on record", "to ask", *(["tokens read", "written"] * wide), *(["price"] * priced)]
    rows = [_row(one.label, one, wide, priced) for one in planned]
    if len(planned) > 1:
        rows.append(_row("all", all_of(planned), wide, priced))
    console.table("", head, rows)
    for one in planned:
        if one.basis != "counted":
            console.say(f"[dim]{escape(one.label)}: {ON[one.basis]}[/]")


def _row(name: str, one: Planned, wide: bool, priced: bool) -> list[str]:
    low, high = one.left.low, one.left.high
    took = [span(low.read, high.read, tokens), span(low.written, high.written, tokens)] if wide else []
    return [name, whole(one.known), to_ask(one), *took, *([price(one)] if priced else [])]


def all_of(planned: Sequence[Planned]) -> Planned:
    """The sums. The ends of ranges add up to a range that is wider than it need be."""
    left = Between(*(total(ends) for ends in zip(*(one.left for one in planned), strict=True)))
    shaky = any(one.basis == "least" for one in planned)
    basis = "least" if shaky else "counted" if all(one.basis == "counted" for one in planned) else "measured"
    return Planned("", sum(one.known for one in planned), sum(one.next for one in planned), left, basis)  # type: ignore[arg-type]


def to_ask(one: Planned) -> str:
    asked = span(one.left.low.questions, one.left.high.questions)
    return f"at least {asked}" if one.basis == "least" else asked


def price(one: Planned) -> str:
    low, high = one.left.low, one.left.high
    return ("at least " if one.basis == "least" else "") + span(low.dollars, high.dollars, dollars)


def in_a_line(planned: Sequence[Planned], priced: bool) -> str:
    """What is about to happen."""
    one = all_of(planned)
    known = f"{several(one.known, 'reply')} on record"
    if not one.left.high.questions:
        return f"{known}, nothing is new"
    said = f"{known}, {to_ask(one)} to ask"
    return f"{said} for {price(one)}" if priced else said


def nothing_left(planned: Sequence[Planned]) -> bool:
    return not any(one.left.high.questions for one in planned)
