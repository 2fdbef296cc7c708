"""A table that gives up columns rather than letters, where the terminal is narrow."""

from collections.abc import Sequence

from pitchpipe_stages.console import RichConsole

APART = 3  # between two columns


def width_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Columns of the terminal that a table takes."""
    widest = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    return sum(widest) + APART * len(widest)


def show_fitting(
    console: RichConsole, head: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str] = ()
) -> None:
    """Prints a table without the columns that it can `spare`, the first of them first, until it fits."""
    kept = [index for index in range(len(head)) if any(row[index] for row in rows)]
    for name in spare:
        if width_of(*_only(kept, head, rows)) <= console.rich.width:
            break
        kept = [index for index in kept if head[index] != name]
    console.table("", *_only(kept, head, rows))


def _only(
    kept: Sequence[int], head: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    return [head[index] for index in kept], [[row[index] for index in kept] for row in rows]
