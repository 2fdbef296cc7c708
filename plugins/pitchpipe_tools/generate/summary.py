"""What has come of it all: questions and candidates that add up, why the rest is refused, and money."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.generate.making.counts import MadeCounts
from pitchpipe_stages.generate.making.made import GeneratorMade, MadeFile
from pitchpipe_stages.generate.requests.spending import Spending
from pitchpipe_tools.generate.fitting import width_of
from pitchpipe_tools.generate.words import dollars, several, tokens

QUESTIONS = ("asked", "answered", "refused", "cut", "failed", "unsent")
CANDIDATES = ("parsed", "kept", "dropped", "quarantined", "rows")
ALWAYS = ("asked", "answered", "parsed", "kept", "rows")  # the others where there is one
NAMES = {"parsed": "candidates"}
REASONS = 5  # of a generator

Line = tuple[str, MadeCounts]


def show_summary(console: RichConsole, made: MadeFile) -> None:
    """The tables, the reasons and the money."""
    lines = lines_of(made.generators)
    both = _columns((*QUESTIONS, *CANDIDATES), lines)
    if width_of(*_table(both, lines)) <= console.rich.width:
        console.table("", *_table(both, lines))
    else:
        console.table("", *_table(_columns(QUESTIONS, lines), lines))
        console.table("", *_table(_columns(CANDIDATES, lines), lines))
    for one in made.generators:
        if why := reasons(one.operators.values()):
            console.say(f"{escape(one.label)}, refused most: {most_of(why)}")
    show_money(console, made)


def lines_of(generators: Sequence[GeneratorMade]) -> list[Line]:
    """A line for each generator, and behind it one for each of its operators, where there are several."""
    lines: list[Line] = []
    for one in generators:
        lines.append((one.label, summed(one.operators.values())))
        if len(one.operators) > 1:
            lines += [(f"  {name or '(not known)'}", counts) for name, counts in one.operators.items()]
    return lines


def summed(operators: Iterable[MadeCounts]) -> MadeCounts:
    total = MadeCounts()
    for counts in operators:
        for name in (*QUESTIONS, *CANDIDATES):
            setattr(total, name, getattr(total, name) + getattr(counts, name))
    return total


def _columns(names: Sequence[str], lines: Sequence[Line]) -> list[str]:
    return [name for name in names if name in ALWAYS or any(getattr(of, name) for _, of in lines)]


def _table(columns: Sequence[str], lines: Sequence[Line]) -> tuple[list[str], list[list[str]]]:
    """The head, and the rows in which something is counted."""
    rows = [
        [name, *(f"{getattr(of, column):,}" for column in columns)]
        for name, of in lines
        if any(getattr(of, column) for column in columns) or not name.startswith(" ")
    ]
    return ["generator", *(NAMES.get(column, column) for column in columns)], rows


def reasons(operators: Iterable[MadeCounts]) -> Counter[str]:
    """Why questions and candidates were in vain. What was not sent was not refused."""
    found: Counter[str] = Counter()
    for counts in operators:
        for fate, why in counts.why.items():
            for reason, number in why.items() if fate != "unsent" else ():
                words = (
                    reason if fate in ("dropped", "quarantined") else f"{fate}: {reason}".removesuffix(": ")
                )
                found[words] += number
    return found


def most_of(why: Counter[str]) -> str:
    said = [f"{escape(reason)} ({number:,})" for reason, number in why.most_common(REASONS)]
    more = len(why) - REASONS
    return "; ".join(said) + (f"; {several(more, 'other reason')}" if more > 0 else "")


def show_money(console: RichConsole, made: MadeFile) -> None:
    for name, spending in made.teachers.items():
        if spending.requests:
            for line in of_teacher(name, spending):
                console.say(line)


def of_teacher(name: str, one: Spending) -> list[str]:
    """What a teacher has cost, all starts together, and what has to be known of it."""
    cost = f"{dollars(one.dollars)}, " if one.dollars else ""
    took = f"{cost}{several(one.requests, 'request')}, {tokens(one.tokens)} tokens"
    lines = [f"teacher {escape(name)}: {took} in all"]
    for charge, words in (
        (one.lost, "that never got an answer, at the most that they may have cost"),
        (one.estimated, "whose replies did not say what they took: estimated"),
    ):
        if charge.requests:
            took = dollars(charge.dollars) if one.dollars else f"{tokens(charge.tokens)} tokens"
            lines.append(f"  of it {took} for {several(charge.requests, 'request')} {words}")
    for model, count in one.others.items():
        words = f"{several(count, 'reply')} came from {escape(model)}, and {escape(one.model)} was asked"
        lines.append(f"  [yellow]warning:[/] {words}")
    return lines
