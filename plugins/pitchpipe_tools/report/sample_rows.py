"""A few rows for each reason, shortened: what a person looks at to believe a number."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop, Measure
from pitchpipe_stages.console import shortened
from pitchpipe_stages.data.ledger import LENGTH, RENDER, Fate, Reason, Step, StepKind
from pitchpipe_stages.data.shards import Base, Finished, Judgement

EACH = 3  # examples of a reason
PROMPT, REPLY, ROW = 140, 220, 320  # characters that are shown
AROUND = 60  # characters before and after a change


@dataclass
class SampleRow:
    """One row: where it stands, what it says, what was measured, what it became."""

    place: str
    said: list[tuple[str, str]]  # role, text
    score: Measure = None
    limit: Measure = None
    detail: str = ""


@dataclass
class SampleRows:
    """For each of the reasons that are `wanted`, the first rows that had it."""

    wanted: set[Reason]
    found: dict[Reason, list[SampleRow]] = field(default_factory=dict)

    def lacks(self, reason: Reason) -> bool:
        return reason in self.wanted and len(self.found.get(reason, ())) < EACH

    def add(self, reason: Reason, example: SampleRow) -> None:
        self.found.setdefault(reason, []).append(example)

    def look(self, base: Base, track: list[Judgement], done: Finished) -> None:
        """What one shard has to show."""
        self._read(base)
        alive = base.alive()
        for judgement in track:
            self._judged(judgement, alive)
            alive = judgement.apply(alive)
        self._finished(done, base)

    def _read(self, base: Base) -> None:
        for refused in base.refused.values():
            reason = Reason.of(Fate.QUARANTINED, refused.step, refused.reason)
            if self.lacks(reason):
                self.add(reason, sample_of_line(refused.line))
        for index, notes in base.notes.items():
            for step, words in notes:
                conversation = base.conversations[index]
                if conversation and self.lacks(reason := Reason.of(Fate.CHANGED, step, words)):
                    self.add(reason, sample(conversation, detail=words))

    def _judged(self, judgement: Judgement, alive: dict[int, Conversation]) -> None:
        step = Step(StepKind.FILTER, judgement.label)
        for fate, decisions in ((Fate.DROPPED, judgement.drops), (Fate.TAGGED, judgement.tags)):
            for index, drop in decisions.items():
                if self.lacks(reason := Reason.of(fate, step, drop.reason)):
                    self.add(reason, sample(alive[index], drop))
        for index, notes in judgement.notes.items():
            for words in notes:
                if self.lacks(reason := Reason.of(Fate.CHANGED, step, words)):
                    changed = difference(alive[index], judgement.edits.get(index, alive[index]))
                    self.add(reason, SampleRow(str(alive[index].source), changed, detail=words))

    def _finished(self, done: Finished, base: Base) -> None:
        """What the template and the collator said stands in the ledger's lines only."""
        for why in done.counts.why:
            reason = why.key()
            if reason.step not in (RENDER, LENGTH) or not self.lacks(reason):
                continue
            mark = b'"stage":"%s"' % why.stage.encode()
            for line in done.ledger:
                if mark in line and self.lacks(reason) and _is(line, reason):
                    self.add(reason, sample_of_line(line, base))


def _is(line: bytes, reason: Reason) -> bool:
    entry = msgspec.json.decode(line)
    return Reason.of(Fate(entry["fate"]), Step.of(entry["stage"]), entry["reason"]) == reason


def sample(conversation: Conversation, drop: Drop | None = None, detail: str = "") -> SampleRow:
    """Its first prompt and its last reply."""
    drop = drop or Drop(detail)
    return SampleRow(str(conversation.source), words_of(conversation), drop.score, drop.limit, str(drop))


def sample_of_line(line: bytes, base: Base | None = None) -> SampleRow:
    """A line of the ledger, with the row that it holds or names."""
    entry: dict[str, Any] = msgspec.json.decode(line)
    place = f"{entry['file'] or entry['dataset']}:{entry['line']}"
    if base and "id" in entry:
        row = next((c for c in base.conversations if c and c.id == entry["id"]), None)
        words = words_of(row) if row else []
    else:
        row = entry.get("row")
        text = row if isinstance(row, str) else msgspec.json.encode(row).decode()
        words = [("row", shortened(text, ROW))] if row is not None else []
    return SampleRow(place, words, entry.get("score"), entry.get("limit"), entry["reason"])


def words_of(conversation: Conversation) -> list[tuple[str, str]]:
    messages = conversation.messages
    prompt = next((m for m in messages if m.role == "user"), None)
    reply = next((m for m in reversed(messages) if m.role == "assistant"), None)
    words = [
        (m.role, shortened(f"{m.content[:5000]} {m.context[:5000]}", most))
        for m, most in ((prompt, PROMPT), (reply, REPLY))
        if m
    ]
    more = len(messages) - len(words)
    return words + [("", f"and {more} more message{'s' * (more > 1)}")] * (more > 0)


def difference(before: Conversation, after: Conversation) -> list[tuple[str, str]]:
    """The first message that changed, around the place where it did."""
    for old, new in zip(before.messages, after.messages, strict=False):
        if old.content != new.content:
            same = _alike(old.content, new.content)
            return [("before", _window(old.content, same)), ("after", _window(new.content, same))]
    return words_of(after)


def _alike(one: str, other: str) -> int:
    """How many characters at the start are the same."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _window(text: str, at: int) -> str:
    start = max(at - AROUND, 0)
    return "..." * (start > 0) + shortened(text[start : at + 4 * AROUND], 3 * AROUND)
