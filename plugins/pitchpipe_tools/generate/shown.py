"""Shows a work that goes on: a live screen in a terminal, a line now and then in a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.console import EVERY, RichConsole
from pitchpipe_tools.generate.drawn import drawn, facts, so_far
from pitchpipe_tools.generate.looking import Looking
from pitchpipe_tools.generate.state import Moment

OFTEN = 0.25  # seconds between two drawings of the screen


@contextmanager
def shown(console: RichConsole, uses: Sequence[Use]) -> Iterator[Looking]:
    """Yields who looks on. As long as it lasts, the screen shows what is known."""
    if not console.rich.is_terminal:
        yield Looking(uses, lambda moment: console.plain(as_line(moment)), EVERY)
        return
    from rich.live import Live

    with Live(console=console.rich, auto_refresh=False, transient=True) as live:

        def show(moment: Moment) -> None:
            live.update(drawn(moment, console.rich.width), refresh=True)

        yield Looking(uses, show, OFTEN)


def as_line(moment: Moment) -> str:
    """A moment as a line of a file."""
    at_work = [one for one in moment.generators if one.state == "works"]
    said = [f"{one.label}: {so_far(one)}" for one in at_work]
    said += [f"{one.kept:,} of {one.candidates:,} candidates kept" for one in at_work if one.candidates]
    return ", ".join([*said, *facts(moment)])
