"""What a recipe's template, tokenizer and collator make of a conversation, as a run would keep it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from pitchpipe.conversation import Conversation
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.finishing import Finisher
from pitchpipe.pages.tokens import Token, Vocabulary
from pitchpipe.recipe import Recipe
from pitchpipe.render import Example
from pitchpipe.shards import Base, Finished
from pitchpipe.template import Piece


@dataclass
class Written:
    """What a template and a tokenizer made of a conversation. `cut` was taken from it, at `cut_at`."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    cut: list[Token] = field(default_factory=list)
    cut_at: int = 0
    lengths: list[int] = field(default_factory=list)  # of what is kept: several, where it was split
    fate: str = ""
    said: str = ""


class Column:
    """A recipe's way to write conversations, loaded once."""

    def __init__(self, recipe: Recipe, settings: Sequence[str] = ()):
        self.recipe, self.missing = recipe, recipe.missing()
        self.template = recipe.template
        names = ((use.component.kind, use.name) for use in (recipe.model, recipe.template) if use)
        self.title = ", ".join(settings) or ", ".join(f"{kind} {name}" for kind, name in names)
        self._finisher = None if self.missing else Finisher(recipe)
        self._vocabulary: Vocabulary | None = None

    @property
    def terminator(self) -> str:
        renderer = self._finisher.renderer if self._finisher else None
        return renderer.stop if renderer else ""

    def written(self, conversation: Conversation) -> Written:
        found = Written()
        try:
            renderer = self._finisher.renderer if self._finisher else None
            if renderer is None:
                found.pieces = list(self.template.bound(conversation))  # type: ignore[union-attr]
                return found
            found.pieces = renderer.pieces(conversation)
            self._encode(conversation, renderer.example(conversation), found)
        except Quarantine as reason:
            found.fate, found.said = "quarantined", str(reason) or "refused by the template"
        return found

    def _encode(self, conversation: Conversation, whole: Example, found: Written) -> None:
        """Its tokens, as a run would keep them."""
        tokens = self._words().tokens
        found.tokens = tokens(whole)
        base = Base(conversations=[conversation], read=1)
        try:
            done = self._finisher.finish(base, [], {0: conversation}, "")  # type: ignore[union-attr]
        except PitchpipeError as error:
            found.fate, found.said = "stops the run", str(error)
            return
        _told(done, found)
        if not done.indices:
            return
        kept = Example.of(_numbers(done.ids), done.mask)
        found.lengths = done.lengths
        gone = len(whole.ids) - len(kept.ids)
        if gone > 0 and (places := _gaps(kept.ids, list(whole.ids))):
            at = found.cut_at = next((at for at in places if _begins_turn(found.tokens, at)), places[0])
            found.cut = found.tokens[at : at + gone]
        found.tokens = tokens(kept)

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(self._finisher.tokenizer, self._finisher.renderer)  # type: ignore
        return self._vocabulary

    # --- Packing -----------------------------------------------------------------------------------

    def packs(self) -> bool:
        """Does its collator put several conversations into a row?"""
        return bool(self._finisher and self.recipe.collator and hasattr(self.recipe.collator.bound, "plan"))

    def rows(self, written: Sequence[Written]) -> list[list[tuple[int, int]]]:
        """Which of these share a row in the first epoch, were they all: their places and their tokens."""
        kept = [(place, length) for place, one in enumerate(written) for length in one.lengths]
        if not kept or not self.packs():
            return []
        seed = self.recipe.trainer.options.get("seed", 0) if self.recipe.trainer else 0
        plan = self.recipe.collator.bound.plan([length for _, length in kept], seed, 0)  # type: ignore[union-attr]
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


def _told(done: Finished, found: Written) -> None:
    """What the ledger would say of it."""
    for line in done.ledger:
        told = msgspec.json.decode(line)
        against = f" ({told['score']} against {told['limit']})" if told.get("limit") is not None else ""
        found.said = told["reason"] + against
        found.fate = told["fate"] if told["fate"] in ("dropped", "quarantined") else ""


def _numbers(stored: bytes) -> list[int]:
    numbers = array("i")
    numbers.frombytes(stored)
    return numbers.tolist()
