"""A generator that raises: its source is put aside. The same mistake again stops all: it burns money."""

import traceback
from collections import Counter
from pathlib import Path

from pitchpipe.errors import PitchpipeError

MOST = 3  # sources that the same line of code may spoil


class Crashes:
    """What a generator's code raised."""

    def __init__(self, label: str):
        self.label, self.problem = label, ""
        self._seen: Counter[tuple[str, str]] = Counter()

    def told(self, error: Exception) -> str:
        """The error in one line, with the line of code that it comes from."""
        place, kind = _place(error), type(error).__name__
        self._seen[kind, place] += 1
        said = f"{kind} at {place}: {error}"
        if self._seen[kind, place] >= MOST and not self.problem:
            self.problem = said
        return said

    @property
    def error(self) -> PitchpipeError | None:
        """Why nothing more is asked."""
        if not self.problem:
            return None
        words = (
            f"generator '{self.label}' fails: {self.problem}. It did so for {MOST} sources, so that nothing"
        )
        return PitchpipeError(
            f"{words} more is asked. What was answered is kept: mend it and run the same again"
        )


def _place(error: Exception) -> str:
    """The innermost line that is no library's: most often the plugin's own."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_ours(frame.filename)] or frames
    frame = next((one for one in reversed(own) if "site-packages" not in one.filename), own[-1])
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _is_ours(file: str) -> bool:
    """Whether it is code that calls generators, or that they call."""
    return "/pitchpipe_stages/" in Path(file).as_posix() or "/pitchpipe/host/" in Path(file).as_posix()
