"""Rows at every hop, made with the functions that prepare all rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, Message, Row
from pitchpipe_stages.data.judge import Judge, compares, judge
from pitchpipe_stages.data.ledger import Step, StepKind
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import FILTERS, LOADERS
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import RowBatch, numbered, settle
from pitchpipe_tools.peek.columns import Column, Written


@dataclass
class Hop:
    """The words of one step about a conversation. `messages` are what it left, where it changed them."""

    stage: str
    words: str
    scores: str = ""
    fate: str = ""
    messages: Sequence[Message] = ()


@dataclass
class PeekedConversation:
    """A conversation, or what would have been one."""

    place: str
    before: list[Hop]
    conversation: Conversation | None = None
    hops: list[Hop] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    @property
    def lost(self) -> Hop | None:
        return next((hop for hop in (*self.before, *self.hops) if hop.fate), None)


@dataclass
class PeekedRow:
    """One row, as it was read, and what it gave."""

    place: str
    row: str
    conversations: list[PeekedConversation]


def peeked_rows(columns: Sequence[Column], count: int, skip: int, only: str | None) -> Iterator[PeekedRow]:
    """The first rows of each source, read and judged by the first column's recipe, written by each."""
    recipe = columns[0].recipe
    names = [source.name for source in recipe[LOADERS]]
    if only and only not in names:
        raise PitchpipeError(f"no source '{only}'.{suggest(only, names)}")
    for source in recipe[LOADERS]:
        if only and source.name != only:
            continue
        used, stream = settle(source, recipe.host)
        reader = Reader(source, used, recipe)
        rows = numbered(row for part in stream for row in part.rows())
        for row in islice(rows, skip, skip + count):
            file = f"{reader.seen_from_recipe(row.file)}:{row.line}" if row.file else ""
            place = f"{source.name}, {file}" if file else f"{source.name} {row.line}"
            yield PeekedRow(
                place, _row(row), list(_conversations(reader.base(RowBatch([row])), place, columns))
            )


def _row(row: Row) -> str:
    return row.data if isinstance(row.data, str) else msgspec.json.encode(row.data, enc_hook=str).decode()


def _conversations(base: Base, place: str, columns: Sequence[Column]) -> Iterator[PeekedConversation]:
    for index, conversation in enumerate(base.conversations):
        if conversation is None:
            yield PeekedConversation(
                place, [Hop("quarantined", base.refused[index].reason, fate="quarantined")]
            )
            continue
        seen = PeekedConversation(
            place, [Hop(str(step), words) for step, words in base.notes.get(index, ())], conversation
        )
        left = _judged(conversation, columns[0].recipe[FILTERS], seen.hops)
        if left is not None:
            seen.written = [column.written(left) for column in columns if column.template]
        yield seen


def _judged(conversation: Conversation, filters: list[Use], hops: list[Hop]) -> Conversation | None:
    """What the filters leave of it."""
    for use in filters:
        hop, left = _verdict(conversation, use)
        hops.append(hop)
        if left is None:
            return None
        if left is not conversation:
            hop.messages = left.messages
        conversation = left
    return conversation


def _verdict(conversation: Conversation, use: Use) -> tuple[Hop, Conversation | None]:
    """What one filter says of it, with its scores."""
    stage = str(Step(StepKind.FILTER, use.label))
    if compares(use):
        return Hop(stage, "compares all rows: pitchpipe why says what it found"), conversation
    one = Judge(use, "", 1)
    judge([one], {0: conversation})
    judgement = one.done()
    if drop := judgement.drops.get(0):
        limit = f" ({drop.score} against {drop.limit})" if drop.limit is not None else ""
        return Hop(stage, f"dropped: {drop}{limit}", fate="dropped"), None
    scores = ", ".join(f"{name} {judgement.column(name)[0]:g}" for name in judgement.scores)
    tagged = f"would go: {judgement.tags[0]}" if judgement.tags else "kept"
    said = "; ".join(judgement.notes.get(0, ())) or tagged
    return Hop(stage, said, scores), judgement.edits.get(0, conversation)
