"""The quick way to encode: text as a whole, as a server encodes it, with a proof of what is learned."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.proofs import Proofs

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

LONG = 1 << 16  # characters


@dataclass(slots=True)
class PiecesText:
    """A conversation's pieces as one text."""

    whole: str = ""
    learned: list[tuple[int, int]] = field(default_factory=list)  # in characters
    control: list[int] = field(default_factory=list)  # the control tokens that the template writes, in order
    risky: bool = False  # words of the data look like control tokens
    taught: bool = False  # words of the data are learned


class WholeEncoder:
    """A tokenizer for texts without words that could become control tokens."""

    def __init__(self, core: "Tokenizer", forbidden: set[int], proofs: Proofs):
        self.core, self._forbidden, self._proofs = core, forbidden, proofs

    def encode(self, text: PiecesText) -> Example | None:
        """Encoded as a server does it; nothing where the data might have become a control token."""
        if text.risky:
            return None
        encoding = self._encoded(text.whole)
        ids, offsets = encoding.ids, encoding.offsets if text.learned else []
        special = [at for at, token in enumerate(ids) if token in self._forbidden]
        if [ids[at] for at in special] != text.control:
            return None
        labels = [IGNORED] * len(ids)
        last = 0
        for stretch in text.learned:
            first, last = _tokens_of(stretch, offsets, last)
            for at in range(first, last):
                labels[at] = ids[at] if offsets[at][0] < offsets[at][1] else IGNORED
            since = _control_before(special, first)
            begin = 0 if since is None else offsets[since][0]
            since = since or 0
            self._proofs.says(text.whole[slice(*stretch)], ids[since:last], first - since)
            self._proofs.asked(text.whole[begin : stretch[0]], ids[since:first])
        return Example(ids, labels)

    def _encoded(self, text: str) -> "Encoding":
        """A long text is encoded as a batch of one: Python's other threads go on meanwhile."""
        if len(text) < LONG:
            return self.core.encode(text, add_special_tokens=False)
        return self.core.encode_batch([text], add_special_tokens=False)[0]


def _tokens_of(stretch: tuple[int, int], offsets: Sequence[tuple[int, int]], at: int) -> tuple[int, int]:
    """The tokens of a stretch of text, from `at` on: the first, and the one behind the last."""
    start, end = stretch
    while at < len(offsets) and offsets[at][1] <= start:
        at += 1
    first = at
    while at < len(offsets) and offsets[at][0] < end:
        at += 1
    return first, at


def _control_before(special: Sequence[int], first: int) -> int | None:
    """The last control token before a token."""
    at = bisect_left(special, first) - 1
    return special[at] if at >= 0 else None
