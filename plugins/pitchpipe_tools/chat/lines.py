"""Reads what a person types: lines that can be edited, and messages of many lines, typed or pasted."""

import sys
from typing import Any

PROMPT, MORE = "> ", ". "
MANY = '"""'  # begins and ends a message of many lines


class TypedLines:
    """Messages from standard input. In a terminal lines are edited, and the arrow up brings back the last."""

    def __init__(self) -> None:
        self.typed = sys.stdin is not None and sys.stdin.isatty()
        self._readline = _readline() if self.typed else None

    def begun(self) -> bool:
        """Whether there is something in the line that is being typed."""
        return bool(self._readline and self._readline.get_line_buffer())

    def read(self) -> str | None:
        """The next message; nothing at the end. After a backslash a line goes on in the next."""
        line = self._line(PROMPT)
        if line is None:
            return None
        if line.lstrip().startswith(MANY):
            return self._until_the_end(line.lstrip().removeprefix(MANY))
        lines = [line]
        while lines[-1].endswith("\\"):
            lines[-1] = lines[-1][:-1]
            lines.append(self._line(MORE) or "")
        return "\n".join(lines)

    def _until_the_end(self, line: str | None) -> str:
        lines = list[str]()
        while line is not None:
            if line.rstrip().endswith(MANY):
                lines.append(line.rstrip().removesuffix(MANY))
                break
            lines.append(line)
            line = self._line(MORE)
        return "\n".join(lines).strip("\n")

    def _line(self, prompt: str) -> str | None:
        if sys.stdin is None:
            return None
        try:
            line = input(prompt) if self.typed else sys.stdin.readline()
        except EOFError:
            return None
        if not self.typed:
            return line.rstrip("\n") if line else None
        return _whole_characters(line)


def _readline() -> Any:
    """The editor of lines; a paste is one text to it, whatever lines it has."""
    try:
        import readline
    except ImportError:
        return None
    readline.set_completer(lambda text, state: None)  # a tab is a tab: there are no names to complete
    readline.parse_and_bind("tab: self-insert")
    readline.parse_and_bind("set enable-bracketed-paste on")
    return readline


def _whole_characters(line: str) -> str:
    """Bytes that are no UTF-8 become signs that say so."""
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
