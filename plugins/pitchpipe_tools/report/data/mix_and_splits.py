"""The sections about training data: the mix of sources, and the splits by category."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from pitchpipe_stages.prepare.mix import OFTEN
from pitchpipe_stages.prepare.result import MixLine, SplitSize
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number

CATEGORIES = 20  # with a line of their own


def mix(lines: list[MixLine]) -> Markup:
    """The part of each source in one epoch. A source that one epoch repeats too often is highlighted."""
    columns = _used(lines, {"available": "there are", "conversations": "trained on", "tokens": "tokens"})
    often = {index for index, line in enumerate(lines) if line.epochs > OFTEN}
    rows = [
        [
            line.source[:120],
            *(number(getattr(line, name)) for name in columns),
            f"{line.share:.1%}",
            [element("strong", f"⚠ {line.epochs:g}")] if index in often else f"{line.epochs:g}",
        ]
        for index, line in enumerate(lines)
    ]
    return table(["source", *columns.values(), "share", "epochs"], rows, marked=often)


def _used(lines: Sequence[Struct], columns: dict[str, str]) -> dict[str, str]:
    """The columns with a number other than 0. Without a model, columns of tokens hold only 0."""
    return {name: title for name, title in columns.items() if any(getattr(line, name) for line in lines)}


def held_out(sizes: dict[str, SplitSize]) -> str:
    """A sentence about the sides, and about those that are empty."""
    empty = [name for name, size in sizes.items() if not size.conversations]
    if not empty:
        return "The same prompt never lands on two sides."
    return f"No conversation is in {' or '.join(empty)}."


def splits(sizes: dict[str, SplitSize], categories: dict[str, Counter[str]]) -> Markup:
    """The size of each split, then the categories of each split if the rows have categories."""
    used = [name for name, size in sizes.items() if size.conversations]
    titles = {"conversations": "conversations", "tokens": "tokens", "learned": "learned tokens"}
    columns = _used([sizes[name] for name in used], titles)
    rows = [[name, *(number(getattr(sizes[name], column)) for column in columns)] for name in used]
    whole = table(["split", *columns.values()], rows)
    by_category = _by_category({name: categories[name] for name in used})
    return joined(whole, by_category)


def _by_category(splits: dict[str, Counter[str]]) -> Markup | None:
    total: Counter[str] = sum(splits.values(), Counter())
    if set(total) <= {""}:
        return None
    largest = [category for category, _ in total.most_common(CATEGORIES)]
    lines = [
        [(category or "(none)")[:120], *(number(counts[category]) for counts in splits.values())]
        for category in largest
    ]
    if len(total) > len(largest):
        rest = [
            sum(rows for name, rows in counts.items() if name not in largest) for counts in splits.values()
        ]
        lines.append([f"{number(len(total) - len(largest))} others", *map(number, rest)])
    return joined(element("h4", "By category"), table(["category", *splits], lines))
