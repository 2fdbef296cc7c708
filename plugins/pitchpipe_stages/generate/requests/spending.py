"""What was asked of a teacher and what it cost, in numbers for run.json and in words for the screen."""

from msgspec import Struct, field

from pitchpipe_stages.console import escape
from pitchpipe_stages.generate.requests.purse import Budget, Charge
from pitchpipe_stages.generate.requests.sender import Sender

ENDS = {
    "stop": "answered",
    "refused": "refused",
    "cut": "cut at max_tokens",
    "failed": "failed",
    "unsent": "unsent, since the budget is spent",
}


class Spending(Struct):
    """What came of the last questions, and all requests of the run to a teacher. No price, no dollars."""

    model: str
    ends: dict[str, int]
    known: int  # from the record
    requests: int
    tokens: int
    dollars: float | None
    lost: Charge  # charged for requests that never got an answer
    estimated: Charge  # charged for replies that did not say what they took
    others: dict[str, int] = field(default_factory=dict)  # models that answered instead


def spending_of(sender: Sender) -> Spending:
    record, name, tally = sender.record, sender.use.label, sender.tally
    spent = record.spent(name)
    return Spending(
        sender.use.bound.model, tally.ends, tally.known, spent.requests, spent.tokens,
        spent.dollars if sender.priced else None, record.lost(name), record.estimated(name), tally.others,
    )  # fmt: skip


def in_words(spending: Spending, sender: Sender) -> list[str]:
    """What came of the questions, and what a user has to know of it."""
    name, budget = escape(sender.use.label), sender.purse.budget
    ends = [f"{count:,} {ENDS[end]}" for end, count in spending.ends.items()]
    known = f" ({spending.known:,} of them from the record)" if spending.known else ""
    lines = [f"teacher {name}: {', '.join(ends) or 'nothing asked'}{known}; {_cost(spending, budget)}"]
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
    if unsent := spending.ends.get("unsent"):
        lines.append(
            f"  [yellow]warning:[/] {unsent:,} questions were not sent: the budget is {budget}. With a larger"
            " one, the same command asks those that are left"
        )
    return lines


def _cost(spending: Spending, budget: Budget) -> str:
    parts = [f"{spending.requests:,} requests and {spending.tokens:,} tokens in all"]
    if spending.dollars is not None:
        parts.append(f"${spending.dollars:.4g}")
    return ", ".join(parts) + (f" (budget: {budget})" if str(budget) else "")


def _charged(charge: Charge, spending: Spending) -> str:
    return f"{charge.tokens:,} tokens" if spending.dollars is None else f"${charge.dollars:.4g}"
