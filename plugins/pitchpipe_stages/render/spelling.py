"""The bytes that each token of a byte-level tokenizer stands for.

With the bytes at hand no offsets are needed: the place of a stretch of text among its tokens is a sum of
lengths, and that the tokens say the text, all of it and nothing else, is a comparison of bytes.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]


class Spelling:
    """The bytes of every token of a byte-level tokenizer, in one array."""

    def __init__(self, words: list[bytes]):
        self.lengths = np.array([len(word) for word in words], np.int32)
        self._begins = np.cumsum(self.lengths, dtype=np.int32) - self.lengths
        self._bytes = np.frombuffer(b"".join(words), np.uint8)

    @classmethod
    def of(cls, core: "Tokenizer") -> "Spelling | None":
        if "ByteLevel" not in str(core.decoder):
            return None
        letters, words = byte_letters(), [b""] * core.get_vocab_size(with_added_tokens=True)
        added = {index: token.content for index, token in core.get_added_tokens_decoder().items()}
        for word, index in core.get_vocab(with_added_tokens=True).items():
            if index >= len(words):
                words += [b""] * (index + 1 - len(words))
            try:
                words[index] = (
                    added[index].encode() if index in added else bytes(map(letters.__getitem__, word))
                )
            except KeyError:
                return None
        return cls(words)

    def ends(self, ids: Ids) -> Offsets:
        """Where each token begins in the bytes of all, and where the last one ends."""
        ends = np.zeros(len(ids) + 1, np.int64)
        np.cumsum(self.lengths.take(ids), out=ends[1:])
        return ends

    def spell(self, ids: Ids) -> bytes:
        """What these tokens say: a walk through the bytes of all words, a leap to where each token begins."""
        lengths = self.lengths.take(ids)
        if not lengths.all():
            ids, lengths = ids[lengths > 0], lengths[lengths > 0]
        if not len(ids):
            return b""
        begins, ends = self._begins.take(ids), np.cumsum(lengths)
        steps = np.ones(ends[-1], np.int32)
        steps[0] = begins[0]
        steps[ends[:-1]] = begins[1:] - begins[:-1] - lengths[:-1] + 1
        return self._bytes.take(np.cumsum(steps), mode="clip").tobytes()


def byte_letters() -> dict[str, int]:
    """The letters by which byte-level tokenizers write bytes: printable ones stand for themselves."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): byte for n, byte in enumerate(others)}
