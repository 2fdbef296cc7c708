"""The last step of a shard: what is kept is rendered, what was decided becomes lines of the ledger."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitchpipe.errors import Quarantine
from pitchpipe.host.protocols import Bounded
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.ledger import LENGTH, RENDER
from pitchpipe_stages.data.likeness import hashed, likeness
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_stages.learns import learns_sides
from pitchpipe_stages.prepare.ledger_lines import LedgerLines
from pitchpipe_stages.render.parity import prove_served, shape
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.render.shorten import Shortened, shorten
from pitchpipe_stages.render.taught import TaughtPart, TaughtParts, tokens_of
from pitchpipe_stages.render.without_torch import without_torch

NOTHING = np.zeros(0, np.int32)
TRIES = 3  # conversations of one shape: of some, training sees on purpose what no server does
PROVEN = 24  # conversations of a shard, at most, whose prompts are rendered by the chat template to be saved


class Finisher:
    """Renders with the recipe's template, fitted to its model's tokenizer; without a model, keeps rows."""

    def __init__(self, recipe: Recipe):
        self.rendering = Rendering.of(recipe)
        self._sides = learns_sides(recipe)
        collator = recipe[COLLATOR]
        bound = collator.bound if collator else None
        self.bounded = bound if isinstance(bound, Bounded) else None

    def load(self, apart: bool = False) -> dict[str, str | list[str]]:
        """Load all of it: processes that are forked afterwards have it too. One that is `apart` does without
        torch, which takes longer to import than all else."""
        return without_torch(self._load) if apart else self._load()

    def _load(self) -> dict[str, str | list[str]]:
        if not self.rendering:
            return {}
        rendering = self.rendering
        batched, added, notes = rendering.batched, rendering.renderer.added, rendering.notes()
        return {
            "encoded by": batched.encoder.name, "added": added, "notes": notes, "digest": rendering.digest(),
        }  # fmt: skip

    def finish(
        self, base: Base, track: list[Judgement], alive: dict[int, Conversation], key: str
    ) -> Finished:
        """What a shard adds to the prepared data and to the ledger."""
        kept = _KeptRows(key, LedgerLines(base, track), self._sides)
        kept.scored([judgement.label for judgement in track if judgement.scores])
        if not self.rendering:
            for index, conversation in alive.items():
                kept.add(index, conversation, conversation, None)
            return kept.finished()
        rendered = self.rendering.teaching.examples(list(alive.values()))
        for (index, conversation), parts in zip(alive.items(), rendered, strict=True):
            if isinstance(parts, Quarantine):
                kept.lines.quarantine(index, conversation, RENDER, str(parts) or "refused by the template")
            else:
                self._keep(index, conversation, parts, kept)
        self._prove_served(side for part in kept.parts for side in part.sides or (part,))
        return kept.finished(self.rendering.renderer.stop_ids)

    def _keep(self, index: int, whole: Conversation, rendered: TaughtParts, kept: "_KeptRows") -> None:
        """Keep what fits the collator's rows; tell what became of the conversation."""
        wanted, count = sum(len(part.replies) for part in rendered.parts), len(rendered.parts)
        if rendered.missed:
            reason = next(iter(rendered.missed.values()))
            missed = len(rendered.missed)
            kept.miss(missed)
            told = f"replies not learned: {missed} of {wanted + missed}, {reason}"
            kept.lines.change(index, RENDER, told)
        for note in rendered.notes:
            kept.lines.change(index, RENDER, note)
        if count > 1:
            kept.several([len(part.example.ids) for part in rendered.parts])
            kept.lines.change(index, RENDER, f"several examples, each reply in its own prompt: {count}")
        fits: list[TaughtPart] = []
        refused: list[Drop | Quarantine] = []
        for part in rendered.parts:
            shortened = self._fitting(part, kept)
            if isinstance(shortened, Drop | Quarantine):
                refused.append(shortened)
                continue
            fits += shortened.parts
            if shortened.note:
                kept.lines.change(index, LENGTH, shortened.note)
        if not fits:
            kept.refuse(index, whole, refused[0])
            return
        if refused:
            kept.lines.change(index, LENGTH, f"examples left out: {len(refused)} of {count}, {refused[0]}")
        kept.lines.split(len(fits))
        for part in fits:
            kept.add(index, whole, part.conversation, part)

    def _fitting(self, part: TaughtPart, kept: "_KeptRows") -> Shortened | Drop | Quarantine:
        """The part, or what is left of it where it is too long: its collator says what."""
        assert self.rendering
        teaching = self.rendering.teaching
        if not self.bounded or teaching.room(part.example) <= self.bounded.length:
            return Shortened([part])
        try:
            result = shorten(part, self.bounded, teaching)
        except Quarantine as reason:
            return reason
        kept.lost(result.tokens, result.learned)
        return result.drop or result

    def _prove_served(self, parts: Iterable[TaughtPart]) -> None:
        """Prove a conversation of every shape, as Transformers itself renders it for a server."""
        assert self.rendering
        tries: Counter[tuple[object, ...]] = Counter()
        for part in parts:
            form = shape(part.conversation)
            if tries[form] < TRIES:
                proven = prove_served(self.rendering.renderer, self.rendering.tokenizer, part)
                tries[form] += TRIES if proven else 1
                if tries.total() >= PROVEN * TRIES:
                    return


class _KeptRows:
    """Gathers row by row what is kept of a shard."""

    def __init__(self, key: str, lines: LedgerLines, sides: bool):
        self.lines, self._done = lines, Finished(key=key)
        self._ids, self._labels = [NOTHING], [NOTHING]
        self._wholes: list[Conversation] = []
        self._rows: list[int] = []  # that each of them gave
        self._groups: list[bytes] = []
        self.parts: list[TaughtPart] = []
        self._sides = sides  # rejected replies are learned from too

    def add(self, index: int, whole: Conversation, kept: Conversation, part: TaughtPart | None) -> None:
        """Add a conversation; or a part of one, which stays on the side of its whole."""
        done = self._done
        if part:
            for side in filter(None, (part.example, part.example.rejected)):
                self._ids.append(np.asarray(side.ids, np.int32))
                self._labels.append(np.asarray(side.labels, np.int32))
            done.seconds.append(len(part.example.ids))
            self.parts.append(part)
            for request in part.requests.values():
                known = encode(dict(request.variables)).decode()
                done.variables[known] = done.variables.get(known, 0) + 1
        done.lengths.append(tokens_of(part.example) if part else 0)
        done.replies.append(len(part.replies) if part else 0)
        if kept.meta.get("cot"):
            done.stepwise.append(len(done.indices))
        if done.indices[-1:] == [index]:
            self._rows[-1] += 1
        else:
            self._wholes.append(whole)
            self._rows.append(1)
        done.indices.append(index)
        done.lines.append(line := encode(kept))
        done.sizes.append(len(line))
        # A row without a group may be the one that others' group names: the seed that they were made of.
        self._groups.append(hashed((whole.group or whole.id).encode()))
        done.categories.append(kept.category)

    def refuse(self, index: int, conversation: Conversation, reason: Drop | Quarantine) -> None:
        """Note why nothing of a conversation is kept."""
        if isinstance(reason, Drop):
            self.lines.drop(index, LENGTH, reason)
        else:
            self.lines.quarantine(index, conversation, RENDER, str(reason) or "refused by the template")

    def scored(self, filters: list[str]) -> None:
        """Note the filters that found anything to score."""
        self._done.scored = filters

    def miss(self, replies: int) -> None:
        """Count replies that should be learned and are not."""
        self._done.missed += replies

    def several(self, lengths: list[int]) -> None:
        """Count a conversation that needs several examples, and the context that they repeat."""
        conversations, examples, repeated = self._done.several
        repeated += sum(lengths) - max(lengths)
        self._done.several = conversations + 1, examples + len(lengths), repeated

    def lost(self, tokens: int, learned: int) -> None:
        """Count tokens that were too many."""
        self._done.lost += tokens
        self._done.lost_learned += learned

    def finished(self, stops: Sequence[int] = ()) -> Finished:
        done, labels = self._done, np.concatenate(self._labels)
        mask, bounds = labels != IGNORED, np.cumsum([0, *done.lengths])
        done.ids, done.mask = np.concatenate(self._ids).tobytes(), mask.tobytes()
        done.learned = _sums(mask, bounds)
        ends = np.isin(labels, stops)
        done.stops = _sums(ends, bounds)
        done.bare_stops = int((ends[1:] & ~mask[:-1]).sum())
        done.like, done.groups = likeness(self._wholes, self._rows, self._sides), b"".join(self._groups)
        done.ledger, done.counts = self.lines.lines(), self.lines.counted(len(done.indices)).recorded()
        return done


def _sums(flags: NDArray[np.bool_], bounds: NDArray[np.int64]) -> list[int]:
    """Of each example, how many of its tokens have a flag."""
    counts: list[int] = np.diff(np.concatenate([[0], np.cumsum(flags)])[bounds]).tolist()
    return counts


encode = msgspec.json.Encoder().encode
