"""Tokens as a person reads them: the bytes that each one stands for, and what it is to the loss."""

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

BYTE = re.compile(r"<0x([0-9A-F]{2})>")  # how tokenizers with byte fallback name a byte
SPACE = "\u2581"  # how tokenizers of the SentencePiece family write a space


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `own` is what the tokenizer calls it, `said` what it stands for in UTF-8."""

    index: int
    own: str
    said: bytes
    learned: bool
    control: bool
    stop: bool  # it is the one that ends a reply

    @property
    def text(self) -> str | None:
        """Its text, if it is not a part of a character alone."""
        try:
            return self.said.decode()
        except UnicodeDecodeError:
            return None


class Vocabulary:
    """What a tokenizer's ids stand for. How it writes bytes and spaces is found by asking its decoder."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", renderer: Renderer):
        self.core = core = tokenizer.backend_tokenizer
        added = core.get_added_tokens_decoder()
        self._literal = {index: token.content for index, token in added.items()}
        self._stop = core.token_to_id(renderer.stop)
        named = (renderer.bos, renderer.eos, renderer.stop, *renderer.template.tokens)
        self._control = {core.token_to_id(name) for name in named if name}
        special = {index for index, token in added.items() if token.special}
        self._control |= special - {tokenizer.unk_token_id}
        decode = core.decoder.decode if core.decoder else "".join
        letters = byte_letters() if decode(["\u0120"]) == " " else {}
        self._table = {letter: bytes([byte]) for letter, byte in letters.items()}
        self._falls_back = decode(["<0x41>"]) == "A"
        self._spaced = decode(["a", SPACE + "b"]) == "a b"

    def tokens(self, example: Example) -> list[Token]:
        pairs = zip(example.ids, example.labels, strict=True)
        return [self._token(index, label != IGNORED) for index, label in pairs]

    def _token(self, index: int, learned: bool) -> Token:
        own = self.core.id_to_token(index) or ""
        return Token(index, own, self._said(index, own), learned, index in self._control, index == self._stop)

    def _said(self, index: int, own: str) -> bytes:
        if index in self._literal:
            return _utf8(self._literal[index])
        if self._table:
            return b"".join(self._table.get(character) or _utf8(character) for character in own)
        if self._falls_back and (byte := BYTE.fullmatch(own)):
            return bytes.fromhex(byte[1])
        return _utf8(own.replace(SPACE, " ") if self._spaced else own)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


# --- Counted and compared -------------------------------------------------------------------------


def learned(tokens: Sequence[Token]) -> int:
    return sum(token.learned for token in tokens)


def stretches(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens that follow each other and are learned, or are not."""
    return [list(some) for _, some in groupby(tokens, key=lambda token: token.learned)]


def ended(tokens: Sequence[Token]) -> tuple[int, int]:
    """How many learned stretches there are, and how many of them end in the terminator."""
    found = [some for some in stretches(tokens) if some[0].learned]
    return len(found), sum(some[-1].stop for some in found)


def parting(one: Sequence[Token], other: Sequence[Token]) -> int | None:
    """Where two ways to write a conversation first differ, in what is said or in what is learned of it."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if (left.said, left.learned) != (right.said, right.learned):
            return at
    return None if len(one) == len(other) else min(len(one), len(other))
