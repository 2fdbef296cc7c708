"""Sample rows: for each reason a few rows that had the reason."""

from dataclasses import dataclass, field

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.ledger import LENGTH, RENDER, Fate, Reason, Step, StepKind
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_tools.ledger_entry import LedgerEntry
from pitchpipe_tools.report.data.excerpts import SampleRow, difference, sample, sample_of_line

EACH = 3  # rows of a reason


@dataclass
class SampleRows:
    """Collects the first rows of each reason in `wanted`."""

    wanted: set[Reason]
    by_reason: dict[Reason, list[SampleRow]] = field(default_factory=dict)

    def add(self, base: Base, track: list[Judgement], done: Finished) -> None:
        """Adds the rows of one shard."""
        self._add_read(base)
        alive = base.alive()
        for judgement in track:
            self._add_decided(judgement, alive)
            self._add_edited(judgement, alive)
            alive = judgement.apply(alive)
        self._add_finished(done, base)

    def _lacks(self, reason: Reason) -> bool:
        return reason in self.wanted and len(self.by_reason.get(reason, ())) < EACH

    def _keep(self, reason: Reason, row: SampleRow) -> None:
        self.by_reason.setdefault(reason, []).append(row)

    def _add_read(self, base: Base) -> None:
        """Adds rows that were quarantined or repaired when they were read."""
        for refused in base.refused.values():
            reason = Reason.of(refused.fate, refused.step, refused.reason)
            if self._lacks(reason):
                self._keep(reason, sample_of_line(refused.line))
        for index, notes in base.notes.items():
            for step, note in notes:
                conversation = base.conversations[index]
                if conversation and self._lacks(reason := Reason.of(Fate.CHANGED, step, note)):
                    self._keep(reason, sample(conversation, detail=note))

    def _add_decided(self, judgement: Judgement, alive: dict[int, Conversation]) -> None:
        """Adds rows that a filter dropped or tagged."""
        step = Step(StepKind.FILTER, judgement.label)
        for fate, decisions in ((Fate.DROPPED, judgement.drops), (Fate.TAGGED, judgement.tags)):
            for index, drop in decisions.items():
                if self._lacks(reason := Reason.of(fate, step, drop.reason)):
                    self._keep(reason, sample(alive[index], drop))

    def _add_edited(self, judgement: Judgement, alive: dict[int, Conversation]) -> None:
        """Adds rows that a filter edited, with the text before and after."""
        step = Step(StepKind.FILTER, judgement.label)
        for index, notes in judgement.notes.items():
            for note in notes:
                if self._lacks(reason := Reason.of(Fate.CHANGED, step, note)):
                    texts = difference(alive[index], judgement.edits.get(index, alive[index]))
                    self._keep(reason, SampleRow(str(alive[index].source), texts, detail=note))

    def _add_finished(self, done: Finished, base: Base) -> None:
        """Adds rows that the template or the collator refused or cut: only lines of the ledger name them."""
        for counted in done.counts.why:
            reason = counted.key()
            if reason.step not in (RENDER, LENGTH) or not self._lacks(reason):
                continue
            mark = b'"stage":"%s"' % counted.stage.encode()
            for line in done.ledger:
                if mark in line and self._lacks(reason) and LedgerEntry.of(line).counted_as() == reason:
                    self._keep(reason, sample_of_line(line, base))
