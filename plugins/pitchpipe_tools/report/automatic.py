"""The report that a run leaves by itself."""

import os

from pitchpipe.run.directory import Run
from pitchpipe_stages.console import RichConsole, escape


def leave_report(run: Run, scored: bool = True) -> None:
    """Writes the page of a run, with the scores where they are of the model that is there.

    What the run has made stays good where that fails, and the reason is told."""
    from pitchpipe_tools.report.page import FILE, write

    try:
        write(run.path, RichConsole(), scored)
    except Exception as error:
        if os.environ.get("PITCHPIPE_VERBOSE", "0") not in ("", "0"):
            raise
        said = f"{run.path / FILE} is not written: {error}. To try again: pitchpipe report {run.path}"
        run.console.say(f"[yellow]warning:[/] {escape(said)}")
