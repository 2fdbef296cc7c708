"""Pieces become ids and labels: the only place that touches a tokenizer.

Text is encoded whole, as a server encodes it, where no words of the data could be taken for a control token.
Else it is taken apart (apart.py): words from the data can never become a control token.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pitchpipe.apart import Apart
from pitchpipe.conversation import Conversation, replace
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.masks import fitted, serving
from pitchpipe.proofs import Proofs
from pitchpipe.template import BOS, EOS, Piece, extend
from pitchpipe.vocabulary import add_missing, add_padding

MANY = 1000  # words of a template's own that are remembered
IGNORED = -100  # PyTorch's cross entropy passes over this label
Template = Callable[[Conversation], Iterable[Piece]]


@dataclass(slots=True)
class Example:
    """Token ids, and the same ids as labels where they are learned."""

    ids: Any  # a list, or an array of numpy
    labels: Any

    @classmethod
    def of(cls, ids: list[int], mask: Sequence[Any]) -> "Example":
        """From ids, and for each whether it is learned."""
        return cls(ids, [token if learned else IGNORED for token, learned in zip(ids, mask, strict=True)])

    @property
    def learned(self) -> int:
        import numpy as np

        return int(np.count_nonzero(np.asarray(self.labels) != IGNORED))


@dataclass(slots=True)
class Text:
    """A conversation's pieces as one text."""

    whole: str = ""
    learned: list[tuple[int, int]] = field(default_factory=list)  # in characters
    control: list[int] = field(default_factory=list)  # the control tokens that the template writes, in order
    risky: bool = False  # words of the data look like control tokens
    taught: bool = False  # words of the data are learned


class Renderer:
    """A template fitted to a tokenizer. What tokens it lacks are `added` to the tokenizer."""

    def __init__(self, template: Template, tokenizer: Any):
        core = getattr(tokenizer, "backend_tokenizer", None)
        if core is None:
            raise PitchpipeError(
                "the model's tokenizer has no fast version (tokenizer.json), which pitchpipe needs"
            )
        self._own_pieces: dict[Piece, Piece] = {}
        self._meant: dict[str, list[int]] = {}
        self.template = template = fitted(template, tokenizer)
        self._serving = serving(template)
        self.eos = tokenizer.eos_token or ""
        begins = tokenizer.bos_token_id in tokenizer("a")["input_ids"][:1]
        self.bos = tokenizer.bos_token if begins else ""
        self.stop = self._own(getattr(template, "stop", EOS))
        control = [self.bos, self.eos, self.stop, *map(self._own, getattr(template, "tokens", ()))]
        self.added = add_missing(tokenizer, control) + add_padding(tokenizer, self.stop)
        self.core = type(core).from_str(core.to_str())  # our own, which nothing pads or cuts
        self.core.no_padding()
        self.core.no_truncation()
        known = {str(t) for t in tokenizer.added_tokens_decoder.values() if t.special}
        known |= {*control, *tokenizer.all_special_tokens} - {""}
        ids = {token: self.core.token_to_id(token) for token in sorted(known)}
        self.control = {token: index for token, index in ids.items() if index is not None}
        self._forbidden = set(self.control.values())
        self.cutting = _any_of(self.control)
        self._proofs = Proofs(self.core)
        self._apart = Apart(self.core, self.control, self.cutting)

    def _own(self, text: str) -> str:
        if EOS in text and not self.eos:
            raise PitchpipeError("the template ends replies with the tokenizer's eos token, but it has none")
        return text.replace(BOS, self.bos).replace(EOS, self.eos)

    @cached_property
    def chat_template(self) -> str | None:
        """The Jinja source that renders the same text, to be saved with the model."""
        make = getattr(self._serving, "jinja", None)
        return make(self.bos, self.eos) if make else None

    # --- Text ------------------------------------------------------------------------------------

    def pieces(self, conversation: Conversation) -> list[Piece]:
        """The conversation as the template writes it, with the tokenizer's own bos and eos."""
        return self._written(self.template, conversation)

    def _written(self, template: Template, conversation: Conversation) -> list[Piece]:
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

    def text(self, pieces: Sequence[Piece]) -> Text:
        """The pieces put together."""
        found, parts, at = Text(), [], 0
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
        """What a model is given to say the reply that stands there, and that reply's text."""
        asked = tuple(replace(m, learn=False) for m in conversation.messages[:reply])
        awaited = replace(conversation.messages[reply], learn=True)
        pieces = self._written(self._serving, replace(conversation, messages=(*asked, awaited)))
        first = next((at for at, piece in enumerate(pieces) if piece.learn), None)
        if first is None:
            raise Quarantine("the template does not say where this reply begins")
        said = "".join(piece.text for piece in pieces[first:] if piece.learn and not piece.control)
        return self.encode(pieces[:first]).ids, said

    def encode(self, pieces: Sequence[Piece]) -> Example:
        """Ids and labels of any pieces, learned or not; proven where they are learned."""
        whole = self._whole(self.text(pieces))
        if whole:
            return whole
        return Example.of(*self._apart.encode(pieces))

    def _whole(self, text: Text) -> Example | None:
        """Encoded as a server does it; nothing where the data might have become a control token."""
        if text.risky:
            return None
        encoding = self.core.encode(text.whole, add_special_tokens=False)
        ids, offsets = encoding.ids, encoding.offsets
        special = [at for at, token in enumerate(ids) if token in self._forbidden]
        if [ids[at] for at in special] != text.control:
            return None
        labels = [IGNORED] * len(ids)
        at, anchor = 0, -1
        for start, end in text.learned:
            while at < len(ids) and offsets[at][1] <= start:
                at += 1
            first = at
            while at < len(ids) and offsets[at][0] < end:
                labels[at] = ids[at] if offsets[at][0] < offsets[at][1] else IGNORED
                at += 1
            while anchor + 1 < len(special) and special[anchor + 1] < first:
                anchor += 1
            since = special[anchor] if anchor >= 0 else 0
            self._proofs.says(text.whole[start:end], ids[since:at], first - since)
            self._proofs.asked(text.whole[offsets[since][0] if anchor >= 0 else 0 : start], ids[since:first])
        return Example(ids, labels)


def _any_of(tokens: Iterable[str]) -> re.Pattern[str]:
    """Finds these tokens in text, the longest first, as tokenizers do."""
    longest = sorted((token for token in tokens if token), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")
