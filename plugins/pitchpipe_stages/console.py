"""The console of a run: lines, tables, and progress bars for long work."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from pitchpipe_stages.progress import HowFar

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.progress import Progress as Bars

EVERY = 10  # seconds between lines of progress in a file


def escape(text: object) -> str:
    """Text from data or from libraries, safe in a line with markup."""
    from rich.markup import escape

    return escape(str(text))


def shortened(text: str, most: int) -> str:
    """Text on one line, cut to `most` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def bytes_in_words(size: float) -> str:
    """A number of bytes, in three digits."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


class RichConsole:
    """Shows progress bars in a terminal, and lines of progress where the output goes to a file."""

    def __init__(self, quiet: bool = False, stderr: bool = False):
        from rich.console import Console as Rich

        wraps = Rich(stderr=stderr).is_terminal
        self.rich = Rich(highlight=False, quiet=quiet, stderr=stderr, soft_wrap=not wraps)

    def say(self, text: str = "") -> None:
        """Prints a line with rich's markup."""
        self.rich.print(text)

    def plain(self, text: str) -> None:
        """Prints text in which nothing is markup."""
        self.rich.print(text, markup=False)

    def table(self, title: str, head: list[str], rows: Sequence[Sequence[object]], left: int = 1) -> None:
        """Prints a table. The first `left` columns hold words, the others numbers. In a narrow terminal texts
        wrap, but neither numbers nor what names a row."""
        from rich import box
        from rich.table import Table

        table = Table(
            title=title or None, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False
        )
        for index, name in enumerate(head):
            side: JustifyMethod = "left" if index < left else "right"
            name_of_row = index == 0 and left > 1
            table.add_column(name, justify=side, overflow="fold", no_wrap=name_of_row or index >= left)
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.rich.print(table)

    # --- Progress ----------------------------------------------------------------------------------

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Shows a spinner in a terminal."""
        with self.rich.status(what) if self.rich.is_terminal else nullcontext():
            yield

    @contextmanager
    def bar(self, label: str, total: int | None = None) -> Iterator[Callable[..., None]]:
        """Shows progress. Yields `tick(steps=1, note=None, total=None, done=None)` for a part of the work."""
        if not self.rich.is_terminal:
            yield self._lines(label, total)
            return
        so_far = HowFar(total)
        with self._bars() as bars:
            task = bars.add_task(label, total=total, left="", note="")

            def tick(
                steps: int = 1, note: str | None = None, total: int | None = None, done: int | None = None
            ) -> None:
                so_far.add(steps, note, total, done)
                bars.update(
                    task,
                    completed=so_far.done,
                    total=so_far.total,
                    left=so_far.time_left(),
                    note=so_far.note,
                )

            yield tick

    def _bars(self) -> "Bars":
        from rich import progress

        return progress.Progress(
            "{task.description}",
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("{task.fields[left]}"),
            progress.TextColumn("{task.fields[note]}"),
            console=self.rich,
            transient=True,
        )

    def _lines(self, label: str, total: int | None) -> Callable[..., None]:
        so_far, printed = HowFar(total), time.monotonic()

        def tick(
            steps: int = 1, note: str | None = None, total: int | None = None, done: int | None = None
        ) -> None:
            nonlocal printed
            so_far.add(steps, note, total, done)
            if time.monotonic() - printed >= EVERY:
                printed = time.monotonic()
                self.plain(f"{label}: {so_far}")

        return tick
