"""The bytes that a token stands for, which may be a part of a character."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
SPACE = "\u2581"  # how sentence pieces write it


class TokenBytes:
    """Bytes of tokens by their ids."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast"):
        self.tokenizer = tokenizer
        self._known: dict[int, bytes] = {}

    def __getitem__(self, token: int) -> bytes:
        if token not in self._known:
            self._known[token] = self._bytes(token)
        return self._known[token]

    def _bytes(self, token: int) -> bytes:
        if token in self._added:
            return self._added[token].encode()
        piece = self.tokenizer.convert_ids_to_tokens(token)
        if not isinstance(piece, str):
            return b""  # a row of the embeddings that no token has
        if self._letters and all(letter in self._letters for letter in piece):
            return bytes(self._letters[letter] for letter in piece)
        if found := _BYTE.fullmatch(piece):
            return bytes([int(found[1], 16)])
        return piece.replace(SPACE, " ").encode()

    @cached_property
    def _added(self) -> dict[int, str]:
        return {token: str(own) for token, own in self.tokenizer.added_tokens_decoder.items()}

    @cached_property
    def _letters(self) -> dict[str, int]:
        """The letter that stands for each byte, where the tokenizer writes bytes so."""
        if '"ByteLevel"' not in str(self.tokenizer.backend_tokenizer.decoder.__getstate__()):
            return {}
        printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
        others = [byte for byte in range(256) if byte not in printable]
        letters = {chr(byte): byte for byte in printable}
        return letters | {chr(256 + at): byte for at, byte in enumerate(others)}
