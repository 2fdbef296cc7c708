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
    """What a template and a tokenizer made of a conversation. `rest` is what was cut from its end."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    rest: list[Token] = field(default_factory=list)
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
        cut = len(kept.ids) < len(whole.ids) and kept.ids == whole.ids[: len(kept.ids)]
        found.rest = found.tokens[len(kept.ids) :] if cut else []
        found.tokens = tokens(kept)

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(self._finisher.tokenizer, self._finisher.renderer)  # type: ignore
        return self._vocabulary

    # --- Packing -----------------------------------------------------------------------------------

    def packs(self) -> bool:
        """Does its collator put several conversations into a row?"""
        return bool(self._finisher and self.recipe.collator and hasattr(self.recipe.collator.bound, "plan"))

    def rows(self, written: Sequence[Written]) -> list[list[int]]:
        """Which of these share a row in the first epoch, were they all: lists of their places."""
        places = [place for place, one in enumerate(written) if one.tokens and not one.fate]
        if not places or not self.packs():
            return []
        seed = self.recipe.trainer.options.get("seed", 0) if self.recipe.trainer else 0
        lengths = [len(written[place].tokens) for place in places]
        plan = self.recipe.collator.bound.plan(lengths, seed, 0)  # type: ignore[union-attr]
        return [sorted(places[number] for number in row) for row in plan]


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
