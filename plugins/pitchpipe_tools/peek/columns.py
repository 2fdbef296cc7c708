"""What a recipe's template, tokenizer and collator make of a conversation, as a run would keep it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.protocols import Bounded, Packing, PlansData
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Example
from pitchpipe.records.template import Piece
from pitchpipe_stages.data.ledger import LOST, Fate
from pitchpipe_stages.data.shards import Base, Finished
from pitchpipe_stages.prepare.finish import Finisher
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.peek.tokens import Token, Vocabulary


@dataclass
class Written:
    """What a template and a tokenizer made of a conversation. `cut` was taken from it, at `cut_at`."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    cut: list[Token] = field(default_factory=list)
    cut_at: int = 0
    lengths: list[int] = field(default_factory=list)  # of what is kept: several, where it was split
    fate: str = ""
    reason: str = ""


class Column:
    """A recipe's way to write conversations, loaded once."""

    def __init__(self, recipe: Recipe, settings: Sequence[str] = ()):
        self.recipe, self.missing = recipe, recipe.missing()
        self.template, collator, trainer = recipe[TEMPLATE], recipe[COLLATOR], recipe[TRAINER]
        names = ((use.component.kind, use.name) for use in (recipe[MODEL], recipe[TEMPLATE]) if use)
        self.title = ", ".join(settings) or ", ".join(f"{kind} {name}" for kind, name in names)
        self._finisher = Finisher(recipe)
        self._rendering = None if self.missing else self._finisher.rendering
        self._packing = collator.bound if collator and isinstance(collator.bound, Packing) else None
        self.length = collator.bound.length if collator and isinstance(collator.bound, Bounded) else None
        self._seed = trainer.bound.data_plan().seed if trainer and isinstance(trainer.bound, PlansData) else 0
        self._vocabulary: Vocabulary | None = None

    @property
    def terminator(self) -> str:
        return self._rendering.renderer.stop if self._rendering else ""

    def written(self, conversation: Conversation) -> Written:
        """What the recipe makes of a conversation."""
        found = Written()
        try:
            if self._rendering is None:
                assert self.template
                found.pieces = list(self.template.bound(conversation))
                return found
            found.pieces = self._rendering.renderer.pieces(conversation)
            self._encode(conversation, self._rendering.renderer.example(conversation), found)
        except Quarantine as reason:
            found.fate, found.reason = "quarantined", str(reason) or "refused by the template"
        return found

    def _encode(self, conversation: Conversation, whole: Example, found: Written) -> None:
        """Its tokens, as a run would keep them."""
        tokens = self._words().tokens
        found.tokens = tokens(whole)
        base = Base(conversations=[conversation], read=1)
        try:
            done = self._finisher.finish(base, [], {0: conversation}, "")
        except PitchpipeError as error:
            found.fate, found.reason = "stops the run", str(error)
            return
        _from_ledger(done, found)
        if not done.indices:
            return
        kept_ids, whole_ids = _numbers(done.ids), list(whole.ids)
        kept = Example.of(kept_ids, done.mask)
        found.lengths = done.lengths
        gone = len(whole_ids) - len(kept_ids)
        if gone > 0 and (places := _gaps(kept_ids, whole_ids)):
            at = found.cut_at = next((at for at in places if _begins_turn(found.tokens, at)), places[0])
            found.cut = found.tokens[at : at + gone]
        found.tokens = tokens(kept)

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            assert self._rendering
            self._vocabulary = Vocabulary(self._rendering.tokenizer, self._rendering.renderer)
        return self._vocabulary

    def packed(self, written: Sequence[Written]) -> list[list[tuple[int, int]]]:
        """The rows of the first epoch, were these all: of each row the conversations and their tokens. None
        where the collator packs no rows."""
        kept = [(place, length) for place, one in enumerate(written) for length in one.lengths]
        if not kept or not self._packing or not self._rendering:
            return []
        plan = self._packing.plan([length for _, length in kept], self._seed, 0)
        return [sorted(kept[number] for number in row) for row in plan]


def _gaps(kept: list[int], whole: list[int]) -> range:
    """The places at which tokens may be missing: what is left out often begins and ends alike."""
    same, backwards = _alike(kept, whole), _alike(kept[::-1], whole[::-1])
    return range(len(kept) - backwards, same + 1)


def _alike(one: list[int], other: list[int]) -> int:
    """How many tokens are the same from the start on."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _begins_turn(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1] if at else None
    return tokens[at].control and (before is None or before.stop or (before.text or "").isspace())


def _from_ledger(done: Finished, found: Written) -> None:
    """What the ledger would say of it."""
    for line in done.ledger:
        entry = msgspec.json.decode(line)
        against = f" ({entry['score']} against {entry['limit']})" if entry.get("limit") is not None else ""
        found.reason = entry["reason"] + against
        found.fate = entry["fate"] if Fate(entry["fate"]) in LOST else ""


def _numbers(stored: bytes) -> list[int]:
    numbers = array("i")
    numbers.frombytes(stored)
    return numbers.tolist()
