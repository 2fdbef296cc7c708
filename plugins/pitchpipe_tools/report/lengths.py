"""How long prompts, replies and conversations are, as they were read and as they are kept."""

from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.data.ledger import LENGTH, Fate
from pitchpipe_stages.data.shards import Base, Finished, Judgement
from pitchpipe_tools.html.spread import Spread

Numbers = NDArray[np.int64]
LENGTHS = ("characters in a prompt", "characters in a reply", "words in a reply", "turns in a conversation")
PROMPT, REPLY, WORDS, TURNS = LENGTHS

_decode = msgspec.json.Decoder(Conversation).decode


class Lengths:
    """Spreads by name, before and after; of tokens there are only those of what is kept."""

    def __init__(self) -> None:
        self.before = {name: Spread() for name in LENGTHS}
        self.after = {name: Spread() for name in LENGTHS}
        self.tokens, self.learned = Spread(), Spread()

    def add(self, base: Base, track: list[Judgement], done: Finished) -> None:
        """A row that nothing has edited is measured once."""
        edited = _edited(track, done)
        same = np.zeros(len(base.conversations) + 1, bool)
        same[[index for index in done.indices if index not in edited]] = True
        for name, (values, rows) in measured(base.alive().items()).items():
            self.before[name].add(values)
            self.after[name].add(values[same[rows]])
        other = ((i, _decode(line)) for i, line in zip(done.indices, done.lines, strict=True) if i in edited)
        for name, (values, _) in measured(other).items():
            self.after[name].add(values)
        if any(done.lengths):
            self.tokens.add(done.lengths)
            self.learned.add(done.learned)


def _edited(track: list[Judgement], done: Finished) -> set[int]:
    """Rows that may no longer say what was read. Who was cut for his length is not kept by row: take all."""
    if any(why.key()[:2] == (Fate.CHANGED, LENGTH) for why in done.counts.why):
        return set(done.indices)
    return set().union(*(judgement.edits for judgement in track))


def measured(rows: Iterable[tuple[int, Conversation]]) -> dict[str, tuple[Numbers, Numbers]]:
    """For each length the values, and beside them the numbers of the rows that have them."""
    values: dict[str, list[int]] = {name: [] for name in LENGTHS}
    asked: list[int] = []
    answered: list[int] = []
    taken: list[int] = []
    for index, conversation in rows:
        before = len(asked)
        for message in conversation.messages:
            if message.role == "assistant":
                values[REPLY].append(len(message.content))
                values[WORDS].append(len(message.content.split()))
                answered.append(index)
            elif message.role == "user":
                values[PROMPT].append(len(message.content) + len(message.context))
                asked.append(index)
        values[TURNS].append(len(asked) - before)
        taken.append(index)
    owners = {PROMPT: asked, REPLY: answered, WORDS: answered, TURNS: taken}
    return {name: (np.array(values[name]), np.array(owners[name], np.int64)) for name in LENGTHS}
