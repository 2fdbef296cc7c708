"""Tokens become text while they come: only whole characters, and no control tokens."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from pitchpipe_stages.render.asked import THOUGHT

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

BROKEN = "\ufffd"  # what a decoder writes for a part of a character


class Decoder:
    """Gives the text of each token when all of its characters are there.

    What it gives, put together, is what the tokenizer makes of all tokens at once. Bytes that are no text are
    the exception: some tokenizers take back a letter that stands before them, and what was given stays.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", hidden: Collection[int] | None = None):
        self.tokenizer = tokenizer
        self.hidden = hidden_tokens(tokenizer) if hidden is None else hidden
        self.ids: list[int] = []
        self._start = self._read = 0  # a window: a decoder may write a token otherwise at the start of a text

    def add(self, token: int) -> str:
        """The text that this token completes."""
        if token in self.hidden:
            return ""
        self.ids.append(token)
        new = self._new()
        if not new or new.endswith(BROKEN):
            return ""
        self._start, self._read = self._read, len(self.ids)
        return new

    def finish(self) -> str:
        """The rest of the text."""
        return self._new()

    def _new(self) -> str:
        """The text of what was not given yet, as it is written behind what was."""
        before, now = self._text(self._start, self._read), self._text(self._start, len(self.ids))
        return now[len(before) :] if now.startswith(before) else self._text(self._read, len(self.ids))

    def _text(self, start: int, end: int) -> str:
        return (
            str(self.tokenizer.decode(self.ids[start:end], skip_special_tokens=False)) if end > start else ""
        )


def hidden_tokens(tokenizer: "PreTrainedTokenizerFast") -> Collection[int]:
    """Control tokens, but for the marks of reasoning: these tell what is thought from what is said."""
    known = tokenizer.added_tokens_decoder.items()
    return {token for token, own in known if own.special and not THOUGHT.fullmatch(str(own))}
