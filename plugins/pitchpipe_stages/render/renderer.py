"""Pieces become ids and labels.

Text is encoded whole, as a server encodes it, where no words of the data could be taken for a control token.
Else it is encoded piece by piece (piecewise.py): words of the data can never become a control token.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.example import IGNORED, Example
from pitchpipe.records.template import BOS, EOS, Piece
from pitchpipe_stages.render.piecewise import PiecewiseEncoder, extend
from pitchpipe_stages.render.proofs import Proofs
from pitchpipe_stages.render.vocabulary import add_missing, add_padding
from pitchpipe_stages.render.writing import Writer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

MANY = 1000  # words of a template's own that are remembered


@dataclass(slots=True)
class PiecesText:
    """A conversation's pieces as one text."""

    whole: str = ""
    learned: list[tuple[int, int]] = field(default_factory=list)  # in characters
    control: list[int] = field(default_factory=list)  # the control tokens that the template writes, in order
    risky: bool = False  # words of the data look like control tokens
    taught: bool = False  # words of the data are learned


class Renderer:
    """A template fitted to a tokenizer. Control tokens that the tokenizer lacks are `added` to it."""

    def __init__(self, template: Writer, tokenizer: "PreTrainedTokenizerFast"):
        core = getattr(tokenizer, "backend_tokenizer", None)
        if core is None:
            raise PitchpipeError(
                "the model's tokenizer has no fast version (tokenizer.json), which pitchpipe needs"
            )
        self._own_pieces: dict[Piece, Piece] = {}
        self._meant: dict[str, list[int]] = {}
        self.template = template = template.fit(tokenizer)
        self.serving = template.serving
        self.eos = tokenizer.eos_token or ""
        begins = tokenizer.bos_token_id in tokenizer("a")["input_ids"][:1]
        self.bos = tokenizer.bos_token if begins else ""
        self.stop = self._own(template.stop)
        control = [self.bos, self.eos, self.stop, *map(self._own, template.tokens)]
        self.added = add_missing(tokenizer, control) + add_padding(tokenizer, self.stop)
        self.core = type(core).from_str(core.to_str())  # our own, which nothing pads or cuts
        self.core.no_padding()
        self.core.no_truncation()
        known = {str(t) for t in tokenizer.added_tokens_decoder.values() if t.special}
        known |= {*control, *tokenizer.all_special_tokens} - {""}
        ids = {token: self.core.token_to_id(token) for token in sorted(known)}
        self.control = {token: index for token, index in ids.items() if index is not None}
        self.stop_id = self.control[self.stop]
        self._forbidden = set(self.control.values())
        self.cutting = _any_of(self.control)
        self._proofs = Proofs(self.core)
        self._piecewise = PiecewiseEncoder(self.core, self.control, self.cutting)

    def _own(self, text: str) -> str:
        if EOS in text and not self.eos:
            raise PitchpipeError("the template ends replies with the tokenizer's eos token, but it has none")
        return text.replace(BOS, self.bos).replace(EOS, self.eos)

    @cached_property
    def chat_template(self) -> str | None:
        """The Jinja source that renders the same text, to be saved with the model."""
        return self.serving.jinja(self.bos, self.eos)

    # --- Text ------------------------------------------------------------------------------------

    def pieces(self, conversation: Conversation) -> list[Piece]:
        """The conversation as the template writes it, with the tokenizer's own bos and eos."""
        return self._written(self.template, conversation)

    def _written(self, template: Writer, conversation: Conversation) -> list[Piece]:
        known, pieces = self._own_pieces, []
        for piece in template(conversation):
            if piece.control:
                piece = known.get(piece) or self._own_piece(piece)
            if piece.text:
                pieces.append(piece)
        return pieces

    def _own_piece(self, piece: Piece) -> Piece:
        """A template writes the same few words of its own again and again."""
        own = Piece(self._own(piece.text), piece.learn, True)
        if len(self._own_pieces) < MANY:
            self._own_pieces[piece] = own
        return own

    def text(self, pieces: Sequence[Piece]) -> PiecesText:
        """The pieces put together."""
        found, parts, at = PiecesText(), list[str](), 0
        for piece in pieces:
            text = piece.text
            parts.append(text)
            end = at + len(text)
            if piece.control:
                tokens = self._meant.get(text)
                found.control += self._tokens_in(text) if tokens is None else tokens
            else:
                found.taught |= piece.learn
                found.risky = found.risky or self.cutting.search(text) is not None
            if piece.learn:
                extend(found.learned, at, end)
            at = end
        found.whole = "".join(parts)
        return found

    def _tokens_in(self, text: str) -> list[int]:
        tokens = [self.control[token] for token in self.cutting.findall(text)]
        if len(self._meant) < MANY:
            self._meant[text] = tokens
        return tokens

    # --- Ids -------------------------------------------------------------------------------------

    def example(self, conversation: Conversation) -> Example:
        """Ids and labels, proven: a Quarantine says what about this row cannot be proven."""
        pieces = self.pieces(conversation)
        if not any(piece.learn and not piece.control for piece in pieces):
            raise Quarantine("no reply to learn from")
        return self.encode(pieces)

    def prompt(self, conversation: Conversation, reply: int) -> tuple[list[int], str]:
        """The prompt of the reply at this index, and the text of the reply."""
        asked = tuple(replace(m, learn=False) for m in conversation.messages[:reply])
        awaited = replace(conversation.messages[reply], learn=True)
        pieces = self._written(self.serving, replace(conversation, messages=(*asked, awaited)))
        first = next((at for at, piece in enumerate(pieces) if piece.learn), None)
        if first is None:
            raise Quarantine("the template does not say where this reply begins")
        said = "".join(piece.text for piece in pieces[first:] if piece.learn and not piece.control)
        return list(self.encode(pieces[:first]).ids), said

    def encode(self, pieces: Sequence[Piece]) -> Example:
        """Ids and labels of any pieces, learned or not; proven where they are learned."""
        whole = self._whole(self.text(pieces))
        if whole:
            return whole
        return Example.of(*self._piecewise.encode(pieces))

    def _whole(self, text: PiecesText) -> Example | None:
        """Encoded as a server does it; nothing where the data might have become a control token."""
        if text.risky:
            return None
        encoding = self.core.encode(text.whole, add_special_tokens=False)
        ids, offsets = encoding.ids, encoding.offsets
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


def _any_of(tokens: Iterable[str]) -> re.Pattern[str]:
    """Finds these tokens in text, the longest first, as tokenizers do."""
    longest = sorted((token for token in tokens if token), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")
