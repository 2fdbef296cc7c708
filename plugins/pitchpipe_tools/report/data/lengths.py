"""The lengths of prompts, replies and conversations, as read and as kept."""

from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.ledger import LENGTH, Fate
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_tools.html.spread import Spread

Integers = NDArray[np.int64]
LENGTHS = ("characters in a prompt", "characters in a reply", "words in a reply", "turns in a conversation")
PROMPT, REPLY, WORDS, TURNS = LENGTHS

_decode = msgspec.json.Decoder(Conversation).decode


class Lengths:
    """The spread of each length, as read and as kept. Only kept conversations have tokens."""

    def __init__(self) -> None:
        self.read = {name: Spread() for name in LENGTHS}
        self.kept = {name: Spread() for name in LENGTHS}
        self.tokens, self.learned = Spread(), Spread()

    def add(self, base: Base, track: list[Judgement], done: Finished) -> None:
        """Adds one shard. A conversation that nothing edited is measured once."""
        edited = _edited(track, done)
        unchanged = np.zeros(len(base.conversations) + 1, bool)
        unchanged[[index for index in done.indices if index not in edited]] = True
        for name, (values, rows) in measured(base.alive().items()).items():
            self.read[name].add(values)
            self.kept[name].add(values[unchanged[rows]])
        kept = zip(done.indices, done.lines, strict=True)
        changed = ((index, _decode(line)) for index, line in kept if index in edited)
        for name, (values, _) in measured(changed).items():
            self.kept[name].add(values)
        if any(done.lengths):
            self.tokens.add(done.lengths)
            self.learned.add(done.learned)


def _edited(track: list[Judgement], done: Finished) -> set[int]:
    """The rows whose text may have changed. A shard does not record which rows the collator cut, so one cut
    row makes every kept row count as edited."""
    if any(reason.key()[:2] == (Fate.CHANGED, LENGTH) for reason in done.counts.why):
        return set(done.indices)
    return set().union(*(judgement.edits for judgement in track))


def measured(rows: Iterable[tuple[int, Conversation]]) -> dict[str, tuple[Integers, Integers]]:
    """For each length its values, and for each value the index of its row."""
    values: dict[str, list[int]] = {name: [] for name in LENGTHS}
    owners: dict[str, list[int]] = {name: [] for name in LENGTHS}

    def add(name: str, value: int, row: int) -> None:
        values[name].append(value)
        owners[name].append(row)

    for index, conversation in rows:
        turns = 0
        for message in conversation.messages:
            if message.role == "assistant":
                add(REPLY, len(message.content), index)
                add(WORDS, len(message.content.split()), index)
            elif message.role == "user":
                add(PROMPT, len(message.content) + len(message.context), index)
                turns += 1
        add(TURNS, turns, index)
    return {name: (np.array(values[name]), np.array(owners[name], np.int64)) for name in LENGTHS}
