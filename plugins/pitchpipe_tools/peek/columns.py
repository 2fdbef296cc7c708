"""One recipe's way to write conversations as text and tokens: a column of the page."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.protocols import Bounded, PlansData
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe.records.template import Piece
from pitchpipe_stages.data.ledger import LOST
from pitchpipe_stages.data.shards import Base, Finished
from pitchpipe_stages.learns import learns
from pitchpipe_stages.prepare.finish import Finisher
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE
from pitchpipe_stages.train.neighbours import PlansRows
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.ledger_entry import LedgerEntry
from pitchpipe_tools.peek.cut import cut_index
from pitchpipe_tools.peek.tokens import Token, Vocabulary


@dataclass
class WrittenConversation:
    """A conversation as text and tokens. The tokens in `cut` were cut before the token at `cut_at`."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    cut: list[Token] = field(default_factory=list)
    cut_at: int = 0
    lengths: list[int] = field(default_factory=list)  # in tokens; several if the conversation was split
    fate: str = ""
    reason: str = ""
    step: str = "length"


class PackedPart(NamedTuple):
    """A conversation in a packed row, and the number of its tokens there."""

    conversation: int
    tokens: int


class Column:
    """Writes conversations as a run of the recipe would. The tokenizer is loaded once."""

    def __init__(self, recipe: Recipe, settings: Sequence[str] = ()):
        self.recipe, self.missing = recipe, recipe.missing()
        self.template, collator, trainer = recipe[TEMPLATE], recipe[COLLATOR], recipe[TRAINER]
        names = ((use.component.kind, use.name) for use in (recipe[MODEL], recipe[TEMPLATE]) if use)
        self.title = ", ".join(settings) or ", ".join(f"{kind} {name}" for kind, name in names)
        self._finisher = Finisher(recipe)
        self._rendering = None if self.missing else self._finisher.rendering
        self._packing = collator.bound if collator and isinstance(collator.bound, PlansRows) else None
        self.length = collator.bound.length if collator and isinstance(collator.bound, Bounded) else None
        self._seed = trainer.bound.data_plan().seed if trainer and isinstance(trainer.bound, PlansData) else 0
        self._vocabulary: Vocabulary | None = None

    @property
    def stop(self) -> str:
        """The token that ends a reply."""
        return self._rendering.renderer.stop if self._rendering else ""

    def write(self, conversation: Conversation) -> WrittenConversation:
        """Writes a conversation that the filters keep."""
        written = WrittenConversation()
        try:
            if self._rendering is None:
                assert self.template
                written.pieces = list(self.template.bound(conversation))
            else:
                self._encode(conversation, self._rendering, written)
        except Quarantine as reason:
            written.fate, written.reason = "quarantined", str(reason) or "refused by the template"
        return written

    def _encode(self, conversation: Conversation, rendering: Rendering, written: WrittenConversation) -> None:
        """Adds the tokens that a run would keep, and the tokens that a run would cut."""
        written.pieces = _pieces([conversation], rendering) if learns(self.recipe) == "replies" else []
        parts = rendering.teaching.alone(conversation)
        sides = [side.conversation for part in parts for side in part.sides]
        written.pieces = written.pieces or _pieces(sides, rendering)
        both = [side for part in parts for side in (part.example, part.example.rejected)]
        encoded = [side for side in both if side and len(side.ids)]
        if not any(side.learned for side in encoded):  # a prompt, which ends where the reply would begin
            written.pieces = list(takewhile(lambda piece: not piece.learn, written.pieces))
        whole = Example([x for one in encoded for x in one.ids], [x for one in encoded for x in one.labels])
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(rendering.tokenizer, rendering.renderer)
        written.tokens = self._vocabulary.tokens(whole)
        base = Base(conversations=[conversation], read=1)
        try:
            done = self._finisher.finish(base, [], {0: conversation}, "")
        except PitchpipeError as error:
            written.fate, written.reason = "stops the run", str(error)
            return
        _add_reason(done, written)
        if not done.indices:
            return
        ids = _integers(done.ids)
        written.lengths = done.lengths
        start = cut_index(ids, list(whole.ids), written.tokens)
        if start is not None:
            written.cut_at = start
            written.cut = written.tokens[start : start + len(whole.ids) - len(ids)]
        written.tokens = self._vocabulary.tokens(Example.of(ids, done.mask))

    def packed(self, written: Sequence[WrittenConversation]) -> list[list[PackedPart]]:
        """The rows of an epoch of these conversations alone. Empty if the collator does not pack."""
        parts = [
            PackedPart(number, length)
            for number, conversation in enumerate(written)
            for length in conversation.lengths
        ]
        if not parts or not self._packing or not self._rendering:
            return []
        plan = self._packing.plan([part.tokens for part in parts], self._seed, 0)
        return [sorted(parts[index] for index in row) for row in plan]


def _pieces(conversations: Sequence[Conversation], rendering: Rendering) -> list[Piece]:
    """The texts of all examples of conversations, one after the other."""
    examples = (one for talk in conversations for one in rendering.renderer.written(talk).examples)
    return [piece for one in examples for piece in one.pieces]


def _add_reason(done: Finished, written: WrittenConversation) -> None:
    """Adds the fate and the reason that the ledger would hold."""
    for line in done.ledger:
        entry = LedgerEntry.of(line)
        limit = f" ({entry.score} against {entry.limit})" if entry.limit is not None else ""
        written.reason, written.step = entry.reason + limit, str(entry.step.kind)
        written.fate = entry.fate if entry.fate in LOST else ""


def _integers(stored: bytes) -> list[int]:
    integers = array("i")
    integers.frombytes(stored)
    return integers.tolist()
