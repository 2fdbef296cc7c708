"""What a pilot says: the yield and the cost of each operator, what the whole would take, and examples."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pitchpipe.host.scoring import Score
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.console import RichConsole, escape, shortened
from pitchpipe_stages.generate.making.progress import MadeCandidate
from pitchpipe_tools.chat.screen import harmless
from pitchpipe_tools.generate.fitting import show_fitting
from pitchpipe_tools.generate.forecast import DRAWS, FEWEST, Between, forecast
from pitchpipe_tools.generate.looking import asked_in
from pitchpipe_tools.generate.sampled import Sampled
from pitchpipe_tools.generate.words import dollars, several, span, tokens, whole

SHOWN = 3  # examples of each kind
HEAD = ["generator", "candidates", "kept", "yield", "95 %", "tokens each", "a row costs"]
SPARE = ("tokens each", "95 %", "a row costs")
WHOLE = ["the whole", "questions", "tokens", "rows", "price", "a row costs"]


@dataclass
class OfOperator:
    """What an operator of a generator took, and gave."""

    candidates: int = 0
    kept: int = 0
    rows: int = 0
    tokens: int = 0
    dollars: float = 0.0


def operators(sampled: Sampled, label: str) -> dict[str, OfOperator]:
    """The operators of a generator, in the order in which they were first tried."""
    found: dict[str, OfOperator] = defaultdict(OfOperator)
    for one in sampled.units[label]:
        for candidate in one.candidates:
            of = found[candidate.operator]
            of.candidates += 1
            of.kept += candidate.fate == "kept"
            of.rows += candidate.row
        for question in one.questions:
            of = found[question.operator]
            of.tokens += question.usage.read + question.usage.written if question.usage else 0
            of.dollars += question.dollars
    return found


def show_pilot(console: RichConsole, uses: Sequence[Use], sampled: Sampled, priced: bool) -> None:
    """The tables and the examples."""
    rows = [row for use in uses for row in _rows(use.label, operators(sampled, use.label), priced)]
    show_fitting(console, HEAD, rows, SPARE)
    _show_whole(console, uses, forecast([sampled.tried(use.label) for use in uses]), priced)
    for words in _too_few(uses, sampled):
        console.say(f"[yellow]{escape(words)}[/]")
    for use in uses:
        _show_examples(console, use.label, sampled)


def _rows(label: str, found: dict[str, OfOperator], priced: bool) -> list[list[str]]:
    """A generator, and its operators where there are several."""
    rows = [[label, *_numbers(summed(found.values()), priced)]]
    if len(found) > 1:
        rows += [[f"  {name or '(not known)'}", *_numbers(of, priced)] for name, of in found.items()]
    return rows


def summed(operators: Iterable[OfOperator]) -> OfOperator:
    total = OfOperator()
    for of in operators:
        for name in ("candidates", "kept", "rows", "tokens", "dollars"):
            setattr(total, name, getattr(total, name) + getattr(of, name))
    return total


def _numbers(of: OfOperator, priced: bool) -> list[str]:
    price = dollars(of.dollars / of.rows) if priced and of.rows else ""
    if not of.candidates:
        return ["0", "0", "", "", "", price]
    share = Score.share(of.kept, of.candidates)
    between = f"{100 * (share.low or 0):.0f} to {100 * (share.high or 0):.0f} %"
    each = tokens(of.tokens / of.candidates) if of.tokens else ""
    return [
        whole(of.candidates),
        whole(of.kept),
        f"{100 * of.kept / of.candidates:.0f} %",
        between,
        each,
        price,
    ]


def _show_whole(console: RichConsole, uses: Sequence[Use], found: dict[str, Between], priced: bool) -> None:
    labels = [use.label for use in uses if use.label in found]
    rows = [_whole_row(label, found[label], priced) for label in labels]
    if len(rows) > 1:
        rows.append(_whole_row("all", found[""], priced))
    show_fitting(console, WHOLE, rows, ("tokens", "a row costs"))
    console.say(
        f"[dim]Ranges hold 95 % of {DRAWS:,} draws of the pilot's drafts and sources (bootstrap), carried"
        " through the chain. What is new becomes rarer with each one that is there: a large whole may need"
        " more.[/]"
    )


def _too_few(uses: Sequence[Use], sampled: Sampled) -> Iterator[str]:
    """Whose ranges say little."""
    for tried in (sampled.tried(use.label) for use in uses):
        for count, what in ((len(tried.drafts), "draft"), (len(tried.sources), "source")):
            if 0 < count < FEWEST:
                yield f"{tried.label}: its range stands on {several(count, what)} alone, and says little"


def _whole_row(label: str, one: Between, priced: bool) -> list[str]:
    low, high = one.low, one.high
    if not one.middle.questions:
        return [label, "no estimate: nothing was kept", "", "", "", ""]
    took = span(low.read + low.written, high.read + high.written, tokens)
    price = span(low.dollars, high.dollars, dollars) if priced else ""
    each = dollars(one.middle.dollars / one.middle.rows) if priced and one.middle.rows else ""
    return [label, span(low.questions, high.questions), took, span(low.rows, high.rows), price, each]


def _show_examples(console: RichConsole, label: str, sampled: Sampled) -> None:
    candidates = [candidate for one in sampled.units[label] for candidate in one.candidates]
    kept = [one for one in candidates if one.fate == "kept"][:SHOWN]
    lost = list(_each_reason(candidates))[:SHOWN]
    if kept or lost:
        console.say(f"\n[bold]{escape(label)}[/]")
    for one in kept:
        console.say(f"  [green]kept[/]  {_words(one, console)}")
    for one in lost:
        console.say(f"  [yellow]{one.fate}[/]  {escape(one.reason)}\n        [dim]{_words(one, console)}[/]")


def _each_reason(candidates: Sequence[MadeCandidate]) -> Iterator[MadeCandidate]:
    """One example of each reason."""
    seen: set[str] = set()
    for one in candidates:
        reason = one.reason.partition(": ")[0]
        if one.fate != "kept" and reason not in seen:
            seen.add(reason)
            yield one


def _words(one: MadeCandidate, console: RichConsole) -> str:
    if one.made is None:
        return ""
    width = min(110, console.rich.width) - 10
    return escape(harmless(shortened(asked_in(one.made), width)))
