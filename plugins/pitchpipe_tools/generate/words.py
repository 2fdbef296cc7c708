"""Money, tokens and ranges in words."""

from collections.abc import Callable, Iterable

from pitchpipe.host.contracts import Usage
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.requests.abilities import Priced
from pitchpipe_stages.generate.requests.budget import Budget, Charge
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_stages.generate.requests.spending import in_dollars as dollars

Say = Callable[[float], str]


def spent_of(senders: Iterable[Sender]) -> str:
    """What was ever spent, of what may be spent."""
    known = list(senders)
    if not known:
        return ""
    purse = known[0].purse
    return spent(purse.spent, purse.budget, any(costs(sender.use) for sender in known))


def costs(use: Use) -> bool:
    """Whether a teacher has a price, and it is not nothing."""
    teacher, many = use.bound, Usage(10**6, 10**6)
    return isinstance(teacher, Priced) and (teacher.dollars(many) or 0.0) > 0


def spent(charge: Charge, budget: Budget, priced: bool) -> str:
    """Dollars where a price is known, else requests. What the budget bounds is said in any case."""
    said = []
    if priced or budget.dollars is not None:
        said.append(_of(charge.dollars, budget.dollars, dollars))
    if budget.requests is not None or not said:
        said.append(_of(charge.requests, budget.requests, whole) + " requests")
    if budget.tokens is not None:
        said.append(_of(charge.tokens, budget.tokens, tokens) + " tokens")
    return ", ".join(said)


def tokens(count: float) -> str:
    """A number of tokens, in three digits."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f}"


def whole(count: float) -> str:
    return f"{count:,.0f}"


def span(low: float, high: float, say: Say = whole) -> str:
    """A range: "40 to 60", or one number where both are the same in words."""
    return say(low) if say(low) == say(high) else f"{say(low)} to {say(high)}"


def several(count: float, noun: str) -> str:
    """A number of things: "1 question", "2 questions", "2 replies"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,.0f} {noun if round(count) == 1 else plural}"


def _of(taken: float, most: float | None, say: Say) -> str:
    return say(taken) if most is None else f"{say(taken)} of {say(most)}"
