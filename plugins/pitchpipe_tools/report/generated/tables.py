"""Tables of what came of questions and candidates, and of what was spent."""

from collections import Counter
from collections.abc import Iterator

from pitchpipe_stages.generate.making.counts import MadeCounts
from pitchpipe_stages.generate.making.made import GeneratorMade, MadeFile
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share

REASONS = 12  # that are listed


def all_counts(made: MadeFile) -> Iterator[tuple[GeneratorMade, MadeCounts]]:
    """The counts of each operator, with its generator."""
    for one in made.generators:
        for counts in one.operators.values():
            yield one, counts


def yields(made: MadeFile) -> Markup:
    """A line for each generator and operator."""
    head = ["generator", "operator", "asked", "no reply", "candidates", "dropped", "kept", "rows"]
    rows = []
    for one in made.generators:
        for operator, counts in one.operators.items():
            numbers = (counts.asked, counts.asked - counts.answered, counts.parsed)
            out = counts.dropped + counts.quarantined
            kept = f"{number(counts.kept)} ({share(counts.kept, counts.parsed)})" if counts.parsed else "0"
            rows.append(
                [one.label, operator or "-", *map(number, numbers), number(out), kept, number(counts.rows)]
            )
    return table(head, rows, words=2)


def reasons(made: MadeFile) -> Markup | None:
    """Why candidates are no rows and questions have no reply, the most frequent first."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one, counts in all_counts(made):
        for fate, why in counts.why.items():
            for reason, count in why.items():
                found[reason or fate, fate, one.label] += count
    if not found:
        return None
    listed = found.most_common(REASONS)
    left = found.total() - sum(count for _, count in listed)
    more = element("p", f"And {number(left)} for other reasons.", class_="quiet") if left else None
    rows = [
        [[reason[:120], element("small", f" {fate}, {label}", class_="quiet")], number(count)]
        for (reason, fate, label), count in listed
    ]
    return joined(table(["reason", "count"], rows), more)


def teachers(made: MadeFile) -> Markup:
    """Who was asked, who answered, and what it cost."""
    rows = []
    for name, spent in made.teachers.items():
        others = [f"{model} answered {number(count)}" for model, count in spent.others.items()]
        cost = "no price known" if spent.dollars is None else f"${spent.dollars:,.4g}"
        numbers = [number(spent.requests), number(spent.tokens), cost, number(spent.lost.requests)]
        rows.append([name[:80], ", ".join([spent.model, *others])[:160], *numbers])
    return table(["teacher", "model", "requests", "tokens", "cost", "lost"], rows, words=2)
