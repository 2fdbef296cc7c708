"""Pieces become ids and labels.

Text is encoded whole, as a server encodes it, where no words of the data could be taken for a control token.
Else it is encoded piece by piece (piecewise.py): words of the data can never become a control token.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe.records.template import BOS, EOS, Piece
from pitchpipe_stages.render.document import is_document, written_document
from pitchpipe_stages.render.marking import any_of
from pitchpipe_stages.render.piecewise import PiecewiseEncoder, extend
from pitchpipe_stages.render.proofs import Proofs
from pitchpipe_stages.render.taught import TaughtPart, TaughtParts
from pitchpipe_stages.render.vocabulary import add_missing, add_padding, all_special
from pitchpipe_stages.render.whole import PiecesText, WholeEncoder
from pitchpipe_stages.render.writing import ChatTemplates, Writer, Writings, Written, only

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

MANY = 1000  # words of a template's own that are remembered


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
        self.stops = tuple(dict.fromkeys([self.stop, *map(self._own, template.stops)]))
        control = [self.bos, self.eos, *self.stops, *map(self._own, template.tokens)]
        self.added = add_missing(tokenizer, control) + add_padding(tokenizer, *self.stops)
        self.core = type(core).from_str(all_special(core.to_str(), control))  # our own: nothing pads or cuts
        self.core.no_padding()
        self.core.no_truncation()
        known = {str(t) for t in tokenizer.added_tokens_decoder.values() if t.special}
        known |= {*control, *tokenizer.all_special_tokens} - {""}
        ids = {token: self.core.token_to_id(token) for token in sorted(known)}
        self.control = {token: index for token, index in ids.items() if index is not None}
        self.stop_ids = [self.control[stop] for stop in self.stops]
        self.cutting = any_of(self.control)
        self._proofs = Proofs(self.core)
        self._whole = WholeEncoder(self.core, set(self.control.values()), self._proofs)
        self._piecewise = PiecewiseEncoder(self.core, self.control, self.cutting)

    def _own(self, text: str) -> str:
        if EOS in text and not self.eos:
            raise PitchpipeError("the template ends replies with the tokenizer's eos token, but it has none")
        return text.replace(BOS, self.bos).replace(EOS, self.eos)

    @cached_property
    def chat_template(self) -> ChatTemplates:
        """The Jinja source that renders the same text, to be saved with the model."""
        return self.saved()

    def saved(self, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        """The chat template with values for its variables where a client names none."""
        return self.serving.jinja(self.bos, self.eos, defaults)

    # --- Text ------------------------------------------------------------------------------------

    def pieces(self, conversation: Conversation) -> list[Piece]:
        """The conversation as the template writes it, with the tokenizer's own bos and eos."""
        return self._owned(self.template(conversation))

    def written(self, conversation: Conversation) -> Writings:
        """The conversation in as many examples as its replies need; a Quarantine says why there is none."""
        if is_document(conversation):
            if not self.template.takes_documents:
                raise Quarantine("plain text has no prompt, which an encoder-decoder model reads")
            found = written_document(conversation, EOS if self.eos else self.stop)
        else:
            found = self.template.written(conversation)
        for one in found.examples:
            one.pieces = self._owned(one.pieces)
        return found

    def _owned(self, written: Iterable[Piece]) -> list[Piece]:
        known, pieces = self._own_pieces, []
        for piece in written:
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

    def rendered(self, conversation: Conversation) -> TaughtParts:
        """Ids and labels, proven: a Quarantine says what about this row cannot be proven."""
        written = self.written(conversation)
        return self.gathered(written, [self.alone(one) for one in written.examples])

    def examples(self, conversation: Conversation) -> list[TaughtPart]:
        return self.rendered(conversation).parts

    def example(self, conversation: Conversation) -> Example:
        """The example that holds the whole conversation."""
        return self.examples(conversation)[-1].example

    def gathered(self, written: Writings, encoded: Sequence[Example | Quarantine]) -> TaughtParts:
        """What could be encoded; if nothing could, the first reason is raised."""
        found = TaughtParts([], dict(written.missed), written.notes)
        refusal: Quarantine | None = None
        for one, example in self._apart(written, encoded):
            if isinstance(example, Quarantine):
                refusal = refusal or example
                found.missed |= dict.fromkeys(one.replies, str(example))
            else:
                found.parts.append(TaughtPart(one.conversation, example, one.replies, one.requests))
        if refusal and not found.parts:
            raise refusal
        return found

    def _apart(
        self, written: Writings, encoded: Sequence[Example | Quarantine]
    ) -> Iterator[tuple[Written, Example | Quarantine]]:
        """Examples; where tokens join a prompt and its reply, each of an example's replies has its own."""
        for one, example in zip(written.examples, encoded, strict=True):
            if not isinstance(example, Quarantine) or len(one.replies) < 2:
                yield one, example
                continue
            for reply in one.replies:
                for alone in self.written(only(one.conversation, reply)).examples:
                    yield alone, self.alone(alone)

    def tokens(self, conversation: Conversation) -> int:
        """The most tokens of an example; of the whole conversation where nothing is learned."""
        try:
            return max(len(part.example.ids) for part in self.examples(conversation))
        except Quarantine:
            return len(self.encode(self._owned(self.template.whole(conversation))).ids)

    def alone(self, written: Written) -> Example | Quarantine:
        pieces = written.pieces
        if not any(piece.learn and not piece.control for piece in pieces):
            return Quarantine("no reply to learn from")
        try:
            return self._document(pieces) if is_document(written.conversation) else self.encode(pieces)
        except Quarantine as reason:
            parted = self._parted(pieces) if len(written.replies) == 1 else None
            return parted or reason

    def _document(self, pieces: list[Piece]) -> Example:
        """The words alone, as the tokenizer encodes a text, between the tokens that begin and end it."""
        said = self.encode([piece for piece in pieces if not piece.control])
        first, last = (self.encode([piece]) for piece in (pieces[0], pieces[-1]))
        parts = [first, said, last] if pieces[0].control else [said, last]
        return Example([i for part in parts for i in part.ids], [i for part in parts for i in part.labels])

    def _parted(self, pieces: list[Piece]) -> Example | None:
        """The prompt's ids and then the reply's, as a server has them, where one token would join both."""
        first = next(at for at, piece in enumerate(pieces) if piece.learn)
        try:
            prompt, reply = self.encode(pieces[:first]), self.encode(pieces[first:])
        except Quarantine:
            return None
        ids = [*prompt.ids, *reply.ids]
        if self._proofs.seam(list(prompt.ids), list(reply.ids)):
            return Example(ids, [*prompt.labels, *reply.labels])
        return None

    def prompt(self, conversation: Conversation, reply: int) -> tuple[list[int], str]:
        """The prompt of the reply at this index, and the text of the reply."""
        pieces, said = self.serving.asked(conversation, reply)
        return list(self.encode(self._owned(pieces)).ids), said

    def next_prompt(
        self, conversation: Conversation, variables: Mapping[str, object] | None = None
    ) -> list[int]:
        """The prompt of the reply that comes next, as a server writes it that is told these variables."""
        pieces = self.serving.awaited(conversation, variables or {})
        return list(self.encode(self._owned(pieces)).ids)

    def encode(self, pieces: Sequence[Piece]) -> Example:
        """Ids and labels of any pieces, learned or not; proven where they are learned."""
        whole = self._whole.encode(self.text(pieces))
        if whole:
            return whole
        return Example.of(*self._piecewise.encode(pieces))
