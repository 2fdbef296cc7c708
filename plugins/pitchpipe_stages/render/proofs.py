"""Proofs of every row by its tokenizer: tokens say the words that were meant, as a server's prompt does."""

from typing import TYPE_CHECKING
from unicodedata import normalize

from pitchpipe.errors import Quarantine

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MANY = 1000  # endings of prompts that are remembered
OTHER_PROMPT = "a server would give the model other tokens before the reply than training does"


class Proofs:
    """Proofs by a tokenizer. A row that fails one is refused: a Quarantine says why."""

    def __init__(self, core: "Tokenizer"):
        self.core = core
        self._known: dict[str, list[int]] = {}

    def says(self, text: str, ids: list[int], first: int) -> None:
        """What is learned, from the token `first` on, decodes to the words that were meant."""
        before, whole = self._decode(ids[:first]), self._decode(ids)
        said = whole[len(before) :]
        if said != text and normalize("NFC", said) != normalize("NFC", text):
            raise Quarantine(f"learned tokens would say other words: {said[:60]!r}, not {text[:60]!r}")

    def asked(self, text: str, ids: list[int]) -> None:
        """What stands before a reply has the same tokens where no reply follows, as in a server's prompt.

        It is enough to look back to the control token before: tokenizers cut there first.
        """
        alone = self._known.get(text)
        if alone is None:
            alone = self.core.encode(text, add_special_tokens=False).ids
            if len(self._known) < MANY:
                self._known[text] = alone
        if alone != ids:
            raise Quarantine(OTHER_PROMPT)

    def seam(self, prompt: list[int], reply: list[int]) -> bool:
        """Do a prompt and a reply that were encoded apart say the same together?"""
        return self._decode(prompt + reply) == self._decode(prompt) + self._decode(reply)

    def _decode(self, ids: list[int]) -> str:
        return self.core.decode(ids, skip_special_tokens=False)
