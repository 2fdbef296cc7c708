"""The last step of a shard: what is kept is rendered, what was decided becomes lines of the ledger."""

import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

import msgspec
import numpy as np

from pitchpipe.errors import Quarantine
from pitchpipe.host.protocols import Bounded
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.data.ledger import LENGTH, RENDER
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_stages.prepare.ledger_lines import LedgerLines
from pitchpipe_stages.render.parity import prove_served, shape
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.render.shorten import shorten

NOTHING = np.zeros(0, np.int32)
NO_GROUP = bytes(8)
TRIES = 3  # conversations of one shape: of some, training sees on purpose what no server does
PROVEN = 24  # conversations of a shard, at most, whose prompts are rendered by the chat template to be saved


class Finisher:
    """Renders with the recipe's template, fitted to its model's tokenizer; without a model, keeps rows."""

    def __init__(self, recipe: Recipe):
        self.rendering = Rendering.of(recipe)
        collator = recipe[COLLATOR]
        bound = collator.bound if collator else None
        self.bounded = bound if isinstance(bound, Bounded) else None

    def load(self) -> dict[str, str | list[str]]:
        """Load all of it: processes that are forked afterwards have it too."""
        if not self.rendering:
            return {}
        return {"encoded by": self.rendering.batched.encoder.name, "added": self.rendering.renderer.added}

    def finish(
        self, base: Base, track: list[Judgement], alive: dict[int, Conversation], key: str
    ) -> Finished:
        """What a shard adds to the prepared data and to the ledger."""
        kept = _KeptRows(key, LedgerLines(base, track))
        if not self.rendering:
            for index, conversation in alive.items():
                kept.add(index, conversation, conversation, None)
            return kept.finished()
        length = self.bounded.length if self.bounded else sys.maxsize
        rendered = self.rendering.batched.examples(list(alive.values()))
        for (index, conversation), example in zip(alive.items(), rendered, strict=True):
            if isinstance(example, Quarantine):
                kept.lines.quarantine(index, conversation, RENDER, str(example) or "refused by the template")
            elif len(example.ids) <= length:
                kept.add(index, conversation, conversation, example)
            else:
                self._shorten(index, conversation, example, kept)
        self._prove_served(kept.conversations)
        return kept.finished()

    def _shorten(self, index: int, conversation: Conversation, example: Example, kept: "_KeptRows") -> None:
        """Do with a conversation that is too long what its collator says."""
        assert self.rendering and self.bounded
        try:
            result = shorten(conversation, example, self.bounded, self.rendering.renderer)
        except Quarantine as reason:
            kept.lines.quarantine(index, conversation, RENDER, str(reason) or "refused by the template")
            return
        if result.drop:
            kept.lines.drop(index, LENGTH, result.drop)
        else:
            kept.lines.change(index, LENGTH, result.note)
            kept.lines.split(len(result.parts))
        kept.lost(result.tokens, result.learned)
        for part, rendered in result.parts:
            kept.add(index, conversation, part, rendered)

    def _prove_served(self, conversations: Iterable[Conversation]) -> None:
        """Prove a conversation of every shape, as Transformers itself renders it for a server."""
        assert self.rendering
        tries: Counter[tuple[object, ...]] = Counter()
        for conversation in conversations:
            form = shape(conversation)
            if tries[form] < TRIES:
                proven = prove_served(self.rendering.renderer, self.rendering.tokenizer, conversation)
                tries[form] += TRIES if proven else 1
                if tries.total() >= PROVEN * TRIES:
                    return


class _KeptRows:
    """Gathers row by row what is kept of a shard."""

    def __init__(self, key: str, lines: LedgerLines):
        self.lines, self._done = lines, Finished(key=key)
        self._ids, self._labels = [NOTHING], [NOTHING]
        self._prompts: list[bytes] = []
        self._groups: list[bytes] = []
        self.conversations: list[Conversation] = []

    def add(self, index: int, whole: Conversation, kept: Conversation, example: Example | None) -> None:
        """Add a conversation; or a part of one, which stays on the side of its whole."""
        done = self._done
        if example:
            self._ids.append(np.asarray(example.ids, np.int32))
            self._labels.append(np.asarray(example.labels, np.int32))
        done.lengths.append(len(example.ids) if example else 0)
        if kept.meta.get("cot"):
            done.stepwise.append(len(done.indices))
        done.indices.append(index)
        done.lines.append(_encode(kept))
        self._prompts.append(_hashed(whole.prompt().strip()))
        self._groups.append(_hashed(whole.group) if whole.group else NO_GROUP)
        done.categories.append(kept.category)
        self.conversations.append(kept)

    def lost(self, tokens: int, learned: int) -> None:
        """Count tokens that were too many."""
        self._done.lost += tokens
        self._done.lost_learned += learned

    def finished(self) -> Finished:
        done, mask = self._done, np.concatenate(self._labels) != IGNORED
        done.ids, done.mask = np.concatenate(self._ids).tobytes(), mask.tobytes()
        learned = np.concatenate([[0], np.cumsum(mask)])
        done.learned = np.diff(learned[np.cumsum([0, *done.lengths])]).tolist()
        done.prompts, done.groups = b"".join(self._prompts), b"".join(self._groups)
        done.ledger, done.counts = self.lines.lines(), self.lines.counted(len(done.indices)).recorded()
        return done


_encode = msgspec.json.Encoder().encode


def _hashed(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
