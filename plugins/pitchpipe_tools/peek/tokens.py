"""Tokens with the text that each stands for, and whether each is learned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.spelling import byte_letters

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

BYTE = re.compile(r"<0x([0-9A-F]{2})>")  # the name of a byte in tokenizers with byte fallback
SPACE = "\u2581"  # a space in the names of SentencePiece tokens


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its id, its name in the tokenizer, and the UTF-8 bytes that it stands for."""

    id: int
    name: str
    utf8: bytes
    learned: bool
    control: bool
    stop: bool  # the token that ends a reply

    @property
    def text(self) -> str | None:
        """The text of the token; None if the token is a part of a character."""
        try:
            return self.utf8.decode()
        except UnicodeDecodeError:
            return None


class Vocabulary:
    """The bytes of a tokenizer's tokens. The decoder shows how names of tokens stand for bytes and spaces."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", renderer: Renderer):
        self._core = core = tokenizer.backend_tokenizer
        added = core.get_added_tokens_decoder()
        self._added = {id: token.content for id, token in added.items()}
        self._stop = core.token_to_id(renderer.stop)
        names = (renderer.bos, renderer.eos, renderer.stop, *renderer.template.tokens)
        self._control = {core.token_to_id(name) for name in names if name}
        special = {id for id, token in added.items() if token.special}
        self._control |= special - {tokenizer.unk_token_id}
        decode = core.decoder.decode if core.decoder else "".join
        letters = byte_letters() if decode(["\u0120"]) == " " else {}
        self._byte_of = {letter: bytes([byte]) for letter, byte in letters.items()}
        self._falls_back_to_bytes = decode(["<0x41>"]) == "A"
        self._marks_spaces = decode(["a", SPACE + "b"]) == "a b"

    def tokens(self, example: Example) -> list[Token]:
        pairs = zip(example.ids, example.labels, strict=True)
        return [self._token(id, label != IGNORED) for id, label in pairs]

    def _token(self, id: int, learned: bool) -> Token:
        name = self._core.id_to_token(id) or ""
        return Token(id, name, self._utf8(id, name), learned, id in self._control, id == self._stop)

    def _utf8(self, id: int, name: str) -> bytes:
        if id in self._added:
            return _encoded(self._added[id])
        if self._byte_of:
            return b"".join(self._byte_of.get(character) or _encoded(character) for character in name)
        if self._falls_back_to_bytes and (byte := BYTE.fullmatch(name)):
            return bytes.fromhex(byte[1])
        return _encoded(name.replace(SPACE, " ") if self._marks_spaces else name)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


# --- Counts and comparison ------------------------------------------------------------------------


def count_learned(tokens: Sequence[Token]) -> int:
    return sum(token.learned for token in tokens)


def stretches(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens in stretches: in each stretch either all tokens are learned, or none."""
    return [list(stretch) for _, stretch in groupby(tokens, key=lambda token: token.learned)]


def count_stretches(tokens: Sequence[Token]) -> tuple[int, int]:
    """The number of learned stretches, and how many of them end in the stop token."""
    learned = [stretch for stretch in stretches(tokens) if stretch[0].learned]
    return len(learned), sum(stretch[-1].stop for stretch in learned)


def first_difference(left: Sequence[Token], right: Sequence[Token]) -> int | None:
    """The index of the first tokens that differ in their bytes or in whether they are learned."""
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if (a.utf8, a.learned) != (b.utf8, b.learned):
            return index
    return None if len(left) == len(right) else min(len(left), len(right))
