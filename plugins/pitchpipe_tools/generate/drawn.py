"""The live screen: how far each generator is, what flies, what was spent, and what is refused."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.progress import in_words
from pitchpipe_tools.chat.screen import harmless
from pitchpipe_tools.generate.state import AtWork, InFlight, Moment, Yielded

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

OPERATORS, REASONS = 8, 3  # that are shown at once
WIDEST = 110  # columns: a longer line is tiring to read
BAR = 36
STYLES = {"waits": "dim", "works": "bold", "done": ""}


def drawn(moment: Moment, width: int) -> "RenderableType":
    """The screen, for a terminal of so many columns."""
    from rich.console import Group

    width = min(width, WIDEST)
    parts: list[RenderableType] = ["", bars(moment.generators, width), "", *wrapped(facts(moment), width)]
    at_work = next((one for one in moment.generators if one.state == "works"), None)
    if at_work and at_work.candidates:
        parts += ["", yields(at_work, width)]
    if moment.last:
        parts += ["", _last(moment.last)]
    return Group(*parts, "")


def bars(generators: list[AtWork], width: int) -> "Table":
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    names = [shortened(one.label, 24) for one in generators]
    counts = [so_far(one) for one in generators]
    room = width - max(map(len, names)) - max(map(len, counts)) - 4
    grid = Table.grid(padding=(0, 2), pad_edge=False)
    for one, name, count in zip(generators, names, counts, strict=True):
        total = max(one.total or 0, 1)
        bar = ProgressBar(total, min(one.done, total), width=max(6, min(BAR, room)))
        style = STYLES[one.state]
        grid.add_row(Text(name, style), "" if one.state == "waits" else bar, Text(count, style))
    return grid


def so_far(one: AtWork) -> str:
    """How far a generator is."""
    if one.state == "waits":
        return "waits"
    of = f" of {one.total:,}" if one.total is not None else ""
    return f"{one.done:,}{of} {one.unit}"


def facts(moment: Moment) -> list[str]:
    """What flies, how fast, what it has cost, and how long it takes."""
    several = len(moment.flights) > 1
    said = [flight for one in moment.flights if (flight := flying(one, several))]
    said += [f"{moment.rate:,.3g} replies/s"] if moment.rate else []
    said += [moment.spent] if moment.spent else []
    said += [moment.left] if moment.left and not moment.left.startswith("0 s") else []
    return said + ([f"{moment.known:,} replies were on record"] if moment.known else [])


def flying(one: InFlight, several: bool) -> str:
    """What flies to a teacher, and why no more does."""
    name = f"{one.teacher}: " if several else ""
    if one.wait > 0:
        return f"{name}waiting {in_words(ceil(one.wait))}: the server asked for it"
    slower = f" (the server bears {one.limit} of {one.most} now)" if one.limit < one.most else ""
    return f"{name}{one.flying} in flight{slower}" if one.flying or slower else ""


def wrapped(facts: list[str], width: int) -> list[str]:
    """Facts in lines, none of which is cut in two."""
    lines = [""]
    for fact in facts:
        longer = f"{lines[-1]} · {fact}" if lines[-1] else fact
        lines = [*lines[:-1], longer] if len(longer) <= width else [*lines, fact]
    return [escape(line) for line in lines]


def yields(one: AtWork, width: int) -> "RenderableType":
    """What each operator gives, and the reasons why the rest is refused."""
    from rich.console import Group

    most = list(one.operators.items())[:OPERATORS]
    counts = [(f"{made.kept:,}", f"of {made.candidates:,} kept", percent(made)) for _, made in most]
    names = [name or "candidates" for name, _ in most]
    parts: list[RenderableType] = [_grid(names, counts, width)]
    if (more := len(one.operators) - OPERATORS) > 0:
        parts.append(f"[dim]and {more} more operators[/]")
    if one.why:
        refused = one.why.most_common(REASONS)
        parts += ["", "[dim]refused most[/]"]
        parts.append(_grid([f"  {words}" for words, _ in refused], [(f"{n:,}",) for _, n in refused], width))
    return Group(*parts)


def _grid(names: Sequence[str], counts: Sequence[tuple[str, ...]], width: int) -> "Table":
    """Names, and numbers behind them. A name that is too long is cut."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2), pad_edge=False)
    grid.add_column(max_width=max(20, width - 34), no_wrap=True, overflow="ellipsis")
    for _ in counts[0]:
        grid.add_column(justify="right", no_wrap=True)
    for name, numbers in zip(names, counts, strict=True):
        grid.add_row(Text(name), *(Text(number, "dim") for number in numbers))
    return grid


def percent(made: Yielded) -> str:
    return f"{made.kept / made.candidates:.0%}".replace("%", " %") if made.candidates else ""


def _last(words: str) -> "RenderableType":
    from rich.text import Text

    said = Text.from_markup("[dim]last accepted[/]  ", overflow="ellipsis")
    said.no_wrap = True
    return said.append(harmless(" ".join(words.split())))
