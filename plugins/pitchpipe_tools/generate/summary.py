"""What has come of it all: questions and candidates that add up, why the rest is refused, money, the place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.generate.making.counts import MadeCounts
from pitchpipe_stages.generate.making.made import MadeFile
from pitchpipe_stages.generate.making.place import LEDGER, ROWS
from pitchpipe_stages.generate.requests.spending import Spending
from pitchpipe_tools.generate.words import dollars, several, tokens

QUESTIONS = ("asked", "answered", "refused", "cut", "failed", "unsent")
CANDIDATES = ("parsed", "kept", "dropped", "quarantined", "rows")
ALWAYS = ("asked", "answered", "parsed", "kept", "rows")  # the others where there is one
REASONS = 5  # of a generator


def show_summary(console: RichConsole, made: MadeFile) -> None:
    """The tables, the reasons and the money."""
    named = [(one.label, name, counts) for one in made.generators for name, counts in one.operators.items()]
    for columns in (QUESTIONS, CANDIDATES):
        _show_counts(console, columns, named)
    for one in made.generators:
        _show_reasons(console, one.label, reasons(one.operators.values()))
    show_money(console, made)


def show_money(console: RichConsole, made: MadeFile) -> None:
    for name, spending in made.teachers.items():
        for line in of_teacher(name, spending):
            console.say(line)


def _show_counts(
    console: RichConsole, columns: Sequence[str], named: Sequence[tuple[str, str, MadeCounts]]
) -> None:
    shown = [name for name in columns if name in ALWAYS or any(getattr(of, name) for *_, of in named)]
    operators = any(name for _, name, _ in named)
    rows = [
        [label, *([name or "-"] * operators), *(f"{getattr(of, column):,}" for column in shown)]
        for label, name, of in named
        if getattr(of, columns[0])
    ]
    if len(rows) > 1:
        sums = [sum(getattr(of, column) for *_, of in named) for column in shown]
        rows.append(["all", *([""] * operators), *(f"{number:,}" for number in sums)])
    if rows:
        words = ["candidates" if column == "parsed" else column for column in shown]
        console.table("", ["generator", *(["operator"] * operators), *words], rows, left=1 + operators)


def reasons(operators: Iterable[MadeCounts]) -> Counter[str]:
    """Why questions and candidates were in vain."""
    found: Counter[str] = Counter()
    for counts in operators:
        for fate, why in counts.why.items():
            for reason, number in why.items():
                found[
                    reason if fate in ("dropped", "quarantined") else f"{fate}: {reason}".removesuffix(": ")
                ] += number
    return found


def _show_reasons(console: RichConsole, label: str, why: Counter[str]) -> None:
    if not why:
        return
    most = [f"{escape(reason)} ({number:,})" for reason, number in why.most_common(REASONS)]
    more = len(why) - REASONS
    others = f"; {several(more, 'other reason')}" if more > 0 else ""
    console.say(f"{escape(label)} refused most: {'; '.join(most)}{others}")


def of_teacher(name: str, one: Spending) -> list[str]:
    """What a teacher has cost, all starts together, and what has to be known of it."""
    cost = f"{dollars(one.dollars)}, " if one.dollars is not None else ""
    lines = [f"teacher {escape(name)}: {cost}{several(one.requests, 'request')}, {tokens(one.tokens)} tokens"]
    if one.dollars is None:
        lines.append("  [dim]no price is known, so dollars are not counted (option dollars_per_million)[/]")
    for charge, words in (
        (one.lost, "that never got an answer, at the most that they may have cost"),
        (one.estimated, "whose replies did not say what they took: estimated"),
    ):
        if charge.requests:
            took = f"{tokens(charge.tokens)} tokens" if one.dollars is None else dollars(charge.dollars)
            lines.append(f"  of it {took} for {several(charge.requests, 'request')} {words}")
    for model, count in one.others.items():
        words = f"{several(count, 'reply')} came from {escape(model)}, and {escape(one.model)} was asked"
        cure = "no row, unless their generator says `accept: [other_model]`, which asks nothing again"
        lines.append(f"  [yellow]warning:[/] {words}: {escape(cure)}")
    return lines


def show_end(console: RichConsole, folder: Path, made: MadeFile, recipe: str) -> None:
    """Where it lies, what is missing, and what comes next."""
    console.say(f"\n[bold]{several(made.rows, 'row')}[/]: {escape(folder / ROWS)}")
    if (folder / LEDGER).exists():
        console.say(f"[dim]why each of the others is none: {escape(folder / LEDGER)}[/]")
    if made.finished:
        console.say(f"next: [bold]pitchpipe run {escape(recipe)}[/]")
        return
    console.say(f"[yellow]not all that was wanted:[/] {escape(made.problem)}")
    words = f"The same command goes on from here. What is there can be used: pitchpipe run {recipe}"
    console.say(f"[dim]{escape(words)}[/]")
