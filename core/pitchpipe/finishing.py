"""The last step of a shard: what is kept is rendered, what was decided becomes lines of the ledger."""

import sys
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np

from pitchpipe.batches import Batches
from pitchpipe.conversation import Conversation, Drop
from pitchpipe.errors import Quarantine
from pitchpipe.ledger import Counts, decision, line
from pitchpipe.proofs import prove_served, shape
from pitchpipe.recipe import Recipe
from pitchpipe.render import IGNORED, Example, Renderer
from pitchpipe.shards import Base, Finished, Judgement
from pitchpipe.shortening import shortened

NOTHING = np.zeros(0, np.int32)
NO_GROUP = bytes(8)
TRIES = 3  # conversations of one shape: of some, training sees on purpose what no server does
PROVEN = 24  # conversations of a shard, at most, whose prompts are rendered by the chat template to be saved


class Finisher:
    """Renders with the recipe's template, fitted to its model's tokenizer; both are loaded once."""

    def __init__(self, recipe: Recipe):
        self.recipe = recipe

    @cached_property
    def tokenizer(self) -> Any:
        return self.recipe.model.bound.tokenizer() if self.recipe.model and self.recipe.template else None

    @cached_property
    def renderer(self) -> Renderer | None:
        return Renderer(self.recipe.template.bound, self.tokenizer) if self.tokenizer else None  # type: ignore[union-attr]

    @cached_property
    def batches(self) -> Batches | None:
        return Batches(self.renderer) if self.renderer else None

    def load(self) -> dict[str, Any]:
        """All of it, now: processes that are forked afterwards have it too. Returns what to tell of it."""
        if not self.batches or not self.renderer:
            return {}
        return {"encoded by": self.batches.encoder.name, "added": self.renderer.added}

    def finish(
        self, base: Base, track: list[Judgement], alive: dict[int, Conversation], key: str
    ) -> Finished:
        kept = _Kept(key, _Told(base, track))
        if not self.batches:
            for index, conversation in alive.items():
                kept.add(index, conversation, conversation, None)
            return kept.finished()
        length = getattr(self.recipe.collator.bound, "length", None) or sys.maxsize  # type: ignore[union-attr]
        rendered = self.batches.examples(list(alive.values()))
        for (index, conversation), example in zip(alive.items(), rendered, strict=True):
            if isinstance(example, Example) and len(example.ids) <= length:
                kept.add(index, conversation, conversation, example)
            else:
                self._unfit(index, conversation, example, kept)
        self._prove_served(kept.conversations)
        return kept.finished()

    def _unfit(
        self, index: int, conversation: Conversation, example: Example | Quarantine, kept: "_Kept"
    ) -> None:
        """A conversation that is refused, or too long."""
        try:
            if isinstance(example, Quarantine):
                raise example
            result = shortened(conversation, example, self.recipe.collator.bound, self.renderer)  # type: ignore
        except Quarantine as reason:
            kept.told.quarantine(index, conversation, "render", str(reason) or "refused by the template")
            return
        if result.drop:
            kept.told.drop(index, conversation, "length", result.drop)
        else:
            kept.told.change(index, conversation, "length", result.note)
            kept.told.split(len(result.parts))
        kept.lost(result.tokens, result.learned)
        for part, rendered in result.parts:
            kept.add(index, conversation, part, rendered)

    def _prove_served(self, conversations: Iterable[Conversation]) -> None:
        """A conversation of every shape, as Transformers itself renders it for a server."""
        assert self.renderer
        tries: Counter[Any] = Counter()
        for conversation in conversations:
            form = shape(conversation)
            if tries[form] < TRIES:
                proven = prove_served(self.renderer, self.tokenizer, conversation)
                tries[form] += TRIES if proven else 1
                if tries.total() >= PROVEN * TRIES:
                    return


class _Kept:
    """What is kept of a shard, gathered row by row."""

    def __init__(self, key: str, told: "_Told"):
        self.told, self._done = told, Finished(key=key)
        self._ids, self._labels = [NOTHING], [NOTHING]
        self._prompts: list[bytes] = []
        self._groups: list[bytes] = []
        self.conversations: list[Conversation] = []

    def add(self, index: int, whole: Conversation, kept: Conversation, example: Example | None) -> None:
        """A conversation; or a part of one, which stays on the side of its whole."""
        done = self._done
        if example:
            self._ids.append(np.asarray(example.ids, np.int32))
            self._labels.append(np.asarray(example.labels, np.int32))
        done.lengths.append(len(example.ids) if example else 0)
        if kept.meta.get("cot"):
            done.stepwise.append(len(done.indices))
        done.indices.append(index)
        done.lines.append(_written(kept))
        self._prompts.append(_hashed(whole.prompt().strip()))
        self._groups.append(_hashed(whole.group) if whole.group else NO_GROUP)
        done.categories.append(kept.category)
        self.conversations.append(kept)

    def lost(self, tokens: int, learned: int) -> None:
        """Tokens that were too many."""
        self._done.lost += tokens
        self._done.lost_learned += learned

    def finished(self) -> Finished:
        done, mask = self._done, np.concatenate(self._labels) != IGNORED
        done.ids, done.mask = np.concatenate(self._ids).tobytes(), mask.tobytes()
        learned = np.concatenate([[0], np.cumsum(mask)])
        done.learned = np.diff(learned[np.cumsum([0, *done.lengths])]).tolist()
        done.prompts, done.groups = b"".join(self._prompts), b"".join(self._groups)
        done.ledger, done.counts = self.told.lines(), self.told.counted(len(done.indices)).plain()
        return done


_written = msgspec.json.Encoder().encode


def _hashed(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


class _Told:
    """The ledger's lines of one shard, in the order of its rows, and their counts."""

    def __init__(self, base: Base, track: list[Judgement]):
        rows = base.read - base.joined
        self._counts = Counts(
            read=base.read,
            joined=base.joined,
            passed_over=base.passed_over,
            more=len(base.conversations) - rows,
        )
        self._lines: list[tuple[int, int, bytes]] = []
        self._changed: set[int] = set()
        for index, refused in base.refused.items():
            self._counts.quarantined += 1
            self._counts.note("quarantined", refused.stage, refused.reason)
            self._add(index, refused.line)
        for index, notes in base.notes.items():
            conversation = base.conversations[index]
            if conversation:
                for stage, words in notes:
                    self.change(index, conversation, stage, words)
        for judgement in track:
            self._judged(judgement, base)

    def _judged(self, judgement: Judgement, base: Base) -> None:
        stage = f"filter {judgement.label}"
        for fate, decisions in (("dropped", judgement.drops), ("tagged", judgement.tags)):
            for index, drop in decisions.items():
                self.drop(index, base.conversations[index], stage, drop, fate)
        for index, notes in judgement.notes.items():
            if index not in judgement.drops:
                for words in notes:
                    self.change(index, base.conversations[index], stage, words)

    def _add(self, index: int, written: bytes) -> None:
        self._lines.append((index, len(self._lines), written))

    def drop(self, index: int, conversation: Any, stage: str, drop: Drop, fate: str = "dropped") -> None:
        setattr(self._counts, fate, getattr(self._counts, fate) + 1)
        self._counts.note(fate, stage, drop.reason)
        self._add(index, decision(conversation.source, fate, stage, drop, conversation.id))

    def split(self, parts: int) -> None:
        """One became several."""
        self._counts.more += parts - 1

    def quarantine(self, index: int, conversation: Conversation, stage: str, reason: str) -> None:
        self._counts.quarantined += 1
        self._counts.note("quarantined", stage, reason)
        self._add(index, line(conversation.source, "quarantined", stage, reason, row=conversation))

    def change(self, index: int, conversation: Any, stage: str, reason: str) -> None:
        self._changed.add(index)
        self._counts.note("changed", stage, reason)
        self._add(index, line(conversation.source, "changed", stage, reason, id=conversation.id))

    def lines(self) -> list[bytes]:
        return [written for _, _, written in sorted(self._lines)]

    def counted(self, kept: int) -> Counts:
        self._counts.kept, self._counts.changed = kept, len(self._changed)
        return self._counts
