"""What was asked of a teacher and what it cost, in numbers for run.json and in words for the screen."""

from msgspec import Struct

from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.generate.requests.abilities import is_priced
from pitchpipe_stages.generate.requests.budget import Budget, Charge
from pitchpipe_stages.generate.requests.record import RequestRecord
from pitchpipe_stages.generate.requests.sender import Sender

SHOWN = 300  # characters of a problem
ENDS = {
    "stop": "answered",
    "refused": "refused",
    "cut": "cut at max_tokens",
    "failed": "failed",
    "unsent": "unsent, since the budget is spent",
}


class Spending(Struct):
    """All that a run has asked of a teacher, and what it cost. Without a price, no dollars."""

    model: str
    ends: dict[str, int]
    requests: int
    tokens: int
    dollars: float | None
    lost: Charge  # charged for requests that never got an answer
    estimated: Charge  # charged for replies that did not say what they took
    others: dict[str, int]  # models that answered instead


def spending_of(use: Use, record: RequestRecord) -> Spending:
    name = use.label
    spent, dollars = record.spent(name), is_priced(use)
    return Spending(
        use.bound.model, record.ends(name), spent.requests, spent.tokens, spent.dollars if dollars else None,
        record.lost(name), record.estimated(name), record.others(name),
    )  # fmt: skip


def in_words(spending: Spending, sender: Sender) -> list[str]:
    """What came of the questions, and what a user has to know of it."""
    name, budget = escape(sender.use.label), sender.purse.budget
    outcomes = sender.tally
    ends = [f"{count:,} {ENDS[end]}" for end, count in sorted(outcomes.ends.items(), key=_in_order)]
    known = f" ({outcomes.known:,} of them from the record)" if outcomes.known else ""
    lines = [f"teacher {name}: {', '.join(ends) or 'no reply'}{known}; {_cost(spending, budget)}"]
    if outcomes.problem:
        lines.append(
            f"  [yellow]warning:[/] the first that failed: {escape(shortened(outcomes.problem, SHOWN))}"
        )
    if spending.lost.requests:
        lines.append(
            f"  {_charged(spending.lost, spending)} for {spending.lost.requests:,} requests that never got an"
            " answer, at the most that they may have cost"
        )
    if spending.estimated.requests:
        lines.append(
            f"  {_charged(spending.estimated, spending)} estimated: {spending.estimated.requests:,} replies"
            " did not say what they took"
        )
    for model, count in spending.others.items():
        asked = escape(spending.model)
        lines.append(f"  [yellow]warning:[/] {count:,} replies are of {escape(model)}, and {asked} was asked")
    if unsent := outcomes.ends.get("unsent"):
        lines.append(
            f"  [yellow]warning:[/] {unsent:,} questions were not sent: the budget is {budget}. With a larger"
            " one, the same command asks those that are left"
        )
    return lines


def _in_order(one: tuple[str, int]) -> int:
    return list(ENDS).index(one[0])


def _cost(spending: Spending, budget: Budget) -> str:
    parts = [f"{spending.requests:,} requests and {spending.tokens:,} tokens in all"]
    if spending.dollars is not None:
        parts.append(f"${spending.dollars:.4g}")
    return ", ".join(parts) + (f" (budget: {budget})" if str(budget) else "")


def in_a_budget(charge: Charge) -> str:
    """What was charged, in all that a budget may count."""
    dollars = [f"${charge.dollars:.4g}"] if charge.dollars else []
    requests = f"{charge.requests:,} request{'s' * (charge.requests != 1)}"
    return ", ".join([*dollars, requests, f"{charge.tokens:,} tokens"])


def _charged(charge: Charge, spending: Spending) -> str:
    return f"{charge.tokens:,} tokens" if spending.dollars is None else f"${charge.dollars:.4g}"


def in_dollars(amount: float) -> str:
    """Money: whole dollars of a hundred or more, cents of less, two digits of what is less than a dime."""
    if amount >= 100 or amount == 0:
        return f"${amount:,.0f}"
    if amount >= 0.1:
        return f"${amount:.2f}".removesuffix(".00")
    return f"${amount:.2g}" if amount >= 0.0001 else "under $0.0001"
