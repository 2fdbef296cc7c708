"""Variables of the environment: `${DATA}` and `${DATA:-data}`; `$${DATA}` stands for these very words.

They are taken out before the text is read, because a brace would end a value in `{path: ${DATA}/a.jsonl}`,
and put back into the values. So what one holds is never read as YAML, a comment needs none, and every other
dollar (a regular expression, a price, a formula) stays as it is.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from pitchpipe.errors import Problem
from pitchpipe.recipe.document import Document, Key, Place

WRITTEN = re.compile(r"\$(\$?)\{([A-Za-z_]\w*)(?::-([^}\n]*))?\}")
_OPEN, _CLOSE = "\ue000", "\ue001"  # of Unicode's private use
_STAND_IN = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


@dataclass(frozen=True)
class UnsetVariable(Problem):
    """A variable that is used and not set. Nothing else is worth telling before it is."""

    key: Key = ()
    said: Place | None = None

    def stands_in(self, document: Document) -> bool:
        """Whether the value is still the one that a document has: neither replaced nor only an anchor."""
        in_a_section = bool(self.key) and self.key[0] in document.data
        return in_a_section and document.places.get(self.key) == self.said


class Variables:
    """The variables of one text, by number. `unset` is told of each that is used and not set."""

    def __init__(self, unset: Callable[[str], None]):
        self._found, self._unset = list[re.Match[str]](), unset

    def taken_out(self, text: str) -> str:
        """The text with a number for each variable. A text that has our marks already has no variables."""
        return text if _OPEN in text else WRITTEN.sub(self._number, text)

    def _number(self, match: re.Match[str]) -> str:
        self._found.append(match)
        return f"{_OPEN}{len(self._found) - 1}{_CLOSE}"

    def as_written(self, text: str) -> str:
        """A part of the text, as it was."""
        return self._replaced(text, lambda match: match[0])

    def put_back(self, text: str) -> str:
        """A part of the text, with what the variables hold."""
        return self._replaced(text, lambda match: self._value(*match.group(0, 1, 2, 3)))

    def _replaced(self, text: str, by: Callable[[re.Match[str]], str]) -> str:
        return _STAND_IN.sub(lambda number: by(self._found[int(number[1])]), text) if self._found else text

    def _value(self, written: str, escaped: str, name: str, default: str | None) -> str:
        if escaped:
            return written[1:]
        if default is not None:
            return os.environ.get(name) or default
        if name not in os.environ:
            self._unset(name)
        return os.environ.get(name, written)
