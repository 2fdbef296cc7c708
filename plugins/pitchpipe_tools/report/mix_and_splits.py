"""What is trained on and what is held out: the mix of sources, and the splits by category."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from pitchpipe_stages.prepare.mix import OFTEN
from pitchpipe_stages.prepare.result import MixLine, SplitSize
from pitchpipe_tools.html.markup import Markup, element, joined, number, table

CATEGORIES = 20


def mix(lines: list[MixLine]) -> Markup:
    """Each source's part of one epoch of training. One that is seen too often stands out."""
    counted = _counted(lines, {"available": "there are", "conversations": "trained on", "tokens": "tokens"})
    often = {index for index, line in enumerate(lines) if line.epochs > OFTEN}
    rows = [
        [
            line.source[:120],
            *(number(getattr(line, name)) for name in counted),
            f"{line.share:.1%}",
            [element("strong", f"⚠ {line.epochs:g}")] if index in often else f"{line.epochs:g}",
        ]
        for index, line in enumerate(lines)
    ]
    warning = f"⚠ A source that is seen more than {OFTEN} times in an epoch may be learned by heart."
    whole = table(["source", *counted.values(), "share", "epochs"], rows, marked=often)
    return joined(whole, element("p", warning) if often else None)


def _counted(lines: Sequence[Struct], names: dict[str, str]) -> dict[str, str]:
    """Columns that are not all zeros, as those of tokens are without a model."""
    return {name: words for name, words in names.items() if any(getattr(line, name) for line in lines)}


def splits(sizes: dict[str, SplitSize], sides: dict[str, Counter[str]]) -> Markup:
    """Conversations and tokens of each split; then its categories, where there are any."""
    used = [name for name, side in sizes.items() if side.conversations]
    names = {"conversations": "conversations", "tokens": "tokens", "learned": "learned tokens"}
    columns = _counted([sizes[name] for name in used], names)
    rows = [[name, *(number(getattr(sizes[name], column)) for column in columns)] for name in used]
    whole = table(["split", *columns.values()], rows)
    total: Counter[str] = sum((sides[name] for name in used), Counter())
    if set(total) <= {""}:
        return whole
    top = [category for category, _ in total.most_common(CATEGORIES)]
    lines = [[(c or "(none)")[:120], *(number(sides[name][c]) for name in used)] for c in top]
    if len(total) > len(top):
        rest = [number(sum(n for c, n in sides[name].items() if c not in top)) for name in used]
        lines.append([f"{number(len(total) - len(top))} others", *rest])
    return joined(whole, element("h3", "By category"), table(["category", *used], lines))
