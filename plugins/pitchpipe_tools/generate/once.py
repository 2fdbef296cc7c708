"""A console for work that is gone through twice: first on the record alone, then with the teachers."""

from pitchpipe_stages.console import RichConsole


class SaysOnce(RichConsole):
    """Says a line once, on the screen of another console."""

    def __init__(self, console: RichConsole):
        self.rich = console.rich
        self._said: set[str] = set()

    def say(self, text: str = "") -> None:
        """Prints a line with rich's markup, unless it was printed before."""
        if text not in self._said:
            self._said.add(text)
            super().say(text)
