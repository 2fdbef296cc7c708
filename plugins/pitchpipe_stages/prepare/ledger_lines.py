"""The ledger's lines of one shard, in the order of its rows, and their counts."""

from collections import Counter

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.ledger import Counts, Fate, Step, StepKind, decision, line
from pitchpipe_stages.data.shards import Base, Judgement


class LedgerLines:
    """Collects what was decided of a shard's rows: when they were read, by filters, and afterwards."""

    def __init__(self, base: Base, track: list[Judgement]):
        rows = base.read - base.joined
        self._base = base
        self._counts = Counts(
            read=base.read,
            joined=base.joined,
            passed_over=base.passed_over,
            more=len(base.conversations) - rows,
            unread=Counter(base.unread),
        )
        self._lines: list[tuple[int, int, bytes]] = []
        self._changed: set[int] = set()
        for index, refused in base.refused.items():
            self._counts.quarantined += refused.fate is Fate.QUARANTINED
            self._counts.dropped += refused.fate is Fate.DROPPED
            self._counts.note(refused.fate, refused.step, refused.reason)
            self._add(index, refused.line)
        for index, notes in base.notes.items():
            if base.conversations[index]:
                for step, words in notes:
                    self.change(index, step, words)
        for judgement in track:
            self._judged(judgement)

    def _judged(self, judgement: Judgement) -> None:
        step = Step(StepKind.FILTER, judgement.label)
        for index, drop in judgement.drops.items():
            self.drop(index, step, drop)
        for index, drop in judgement.tags.items():
            self._counts.tagged += 1
            self._decide(index, Fate.TAGGED, step, drop)
        for index, notes in judgement.notes.items():
            if index not in judgement.drops:
                for words in notes:
                    self.change(index, step, words)

    def _row(self, index: int) -> Conversation:
        conversation = self._base.conversations[index]
        assert conversation
        return conversation

    def _add(self, index: int, written: bytes) -> None:
        self._lines.append((index, len(self._lines), written))

    def _decide(self, index: int, fate: Fate, step: Step, drop: Drop) -> None:
        row = self._row(index)
        self._counts.note(fate, step, drop.reason)
        self._add(index, decision(row.source, fate, step, drop, row.id))

    def drop(self, index: int, step: Step, drop: Drop) -> None:
        self._counts.dropped += 1
        self._decide(index, Fate.DROPPED, step, drop)

    def split(self, parts: int) -> None:
        """Count a conversation that became several."""
        self._counts.more += parts - 1

    def quarantine(self, index: int, conversation: Conversation, step: Step, reason: str) -> None:
        self._counts.quarantined += 1
        self._counts.note(Fate.QUARANTINED, step, reason)
        self._add(index, line(conversation.source, Fate.QUARANTINED, step, reason, row=conversation))

    def change(self, index: int, step: Step, reason: str) -> None:
        row = self._row(index)
        self._changed.add(index)
        self._counts.note(Fate.CHANGED, step, reason)
        self._add(index, line(row.source, Fate.CHANGED, step, reason, id=row.id))

    def lines(self) -> list[bytes]:
        return [written for _, _, written in sorted(self._lines)]

    def counted(self, kept: int) -> Counts:
        self._counts.kept, self._counts.changed = kept, len(self._changed)
        return self._counts
