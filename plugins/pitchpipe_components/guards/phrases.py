"""Refuses messages with words of a list, which may change while the server runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.text.last import last_words
from pitchpipe_components.text.word_list import WordList


class PhrasesGuard:
    """Refuses messages with words or phrases of your own, in any case; those in capitals match capitals only.

    A file has one of them on each line; empty lines and lines that begin with `# ` do not count. It is read
    again when it changes. While it cannot be read, the words that were read last hold, and the log says so.
    """

    def __init__(
        self,
        *,
        words: Annotated[tuple[str, ...], pp.Meta(description="whole words and phrases")] = (),
        file: Annotated[Path | None, pp.Meta(description="a file with one on each line")] = None,
    ):
        if not words and file is None:
            raise ValueError("needs `words`, or a `file` of them")
        self._words, self._file = words, file
        self._seen: object = None
        self._say: Callable[[str], None] = print
        try:
            self._read()
        except (OSError, UnicodeError) as error:
            raise ValueError(f"cannot read {file}: {error}") from None

    async def begin(self, service: pp.Service) -> None:
        self._say = service.say

    async def close(self) -> None: ...

    @property
    def window(self) -> int:
        return self._list.longest

    def __call__(self, conversation: pp.Conversation) -> pp.Conversation | pp.Refusal:
        try:
            self._read()
        except (OSError, UnicodeError) as error:
            if self._seen:
                self._say(f"the guard 'phrases' cannot read {self._file}: {error}; the last words hold")
            self._seen = None
        found = self._list.found(last_words(conversation))
        return pp.refuse("a word of the list") if found else conversation

    def _read(self) -> None:
        """The list, if the file is another one than it was."""
        seen: object = "no file"
        lines = list[str]()
        if self._file is not None:
            facts = self._file.stat()
            seen = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            if seen == self._seen:
                return
            lines = self._file.read_text("utf-8-sig").splitlines()
        if seen != self._seen:
            own = [line.strip() for line in lines if not line.startswith(("# ", "#\t")) and line != "#"]
            self._list, self._seen = WordList([*self._words, *own]), seen
