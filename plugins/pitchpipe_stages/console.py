"""What a person sees of a run: lines, progress bars on long work, tables."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any


def escape(text: object) -> str:
    """Text that is not ours, safe to put into a line with markup."""
    from rich.markup import escape

    return escape(str(text))


def shortened(text: str, most: int) -> str:
    """Text on one line, cut where it is longer than that."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


class RichConsole:
    """Bars in a terminal; plain lines, one every so often, where output goes to a file."""

    def __init__(self, quiet: bool = False):
        from rich.console import Console as Rich

        self.rich = Rich(highlight=False, quiet=quiet, soft_wrap=not Rich().is_terminal)

    def say(self, text: str = "") -> None:
        self.rich.print(text)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """A sign of life while something takes its time."""
        with self.rich.status(what) if self.rich.is_terminal else nullcontext():
            yield

    @contextmanager
    def bar(self, label: str, total: int | None = None) -> Iterator[Callable[..., None]]:
        """Yields `tick(steps=1, note=None, total=None)`, to be called as work is done."""
        if not self.rich.is_terminal:
            yield self._lines(label, total)
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns: list[Any] = [
            "{task.description}",
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        ]
        with Progress(
            *columns, TextColumn("{task.fields[note]}"), console=self.rich, transient=True
        ) as progress:
            task = progress.add_task(label, total=total, note="")

            def tick(steps: int = 1, note: str | None = None, total: int | None = None) -> None:
                fields: dict[str, Any] = {} if note is None else {"note": note}
                progress.update(task, advance=steps, total=total, **fields)

            yield tick

    def _lines(self, label: str, total: int | None) -> Callable[..., None]:
        import time

        done, spoken = 0, time.monotonic()

        def tick(steps: int = 1, note: str | None = None, total: int | None = total) -> None:
            nonlocal done, spoken
            done += steps
            if time.monotonic() - spoken >= 10:
                spoken = time.monotonic()
                self.say(f"{label}: {done}{f' of {total}' if total else ''} {note or ''}".rstrip())

        return tick

    def plain(self, text: str) -> None:
        """Text that is not ours: nothing in it is taken as markup."""
        self.rich.print(text, markup=False)

    def table(self, title: str, head: list[str], rows: Sequence[Sequence[object]], left: int = 1) -> None:
        """The first `left` columns hold words, the others numbers."""
        from rich import box
        from rich.table import Table

        table = Table(
            title=title or None, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False
        )
        for index, name in enumerate(head):
            table.add_column(name, justify="left" if index < left else "right", overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.rich.print(table)
