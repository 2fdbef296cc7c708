"""Rows at every hop, made with the functions that prepare all rows of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count as count_from
from itertools import islice

import msgspec

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, Message, Row
from pitchpipe_stages.data.judge import Judge, compares, judge
from pitchpipe_stages.data.ledger import Step, StepKind
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import FILTERS, LOADERS, SourceUse
from pitchpipe_stages.data.shards import Base, Judgement
from pitchpipe_stages.data.source import RowBatch, numbered, settle
from pitchpipe_stages.learns import learns
from pitchpipe_tools.peek.columns import Column, WrittenConversation

ENDS = 14  # characters of a long name


@dataclass
class Hop:
    """One step of a conversation. `messages` are the messages after the step, if the step changed them.

    A filter is `quiet` if it only keeps the conversation, or compares all rows.
    """

    stage: str
    words: str
    scores: str = ""
    fate: str = ""
    messages: Sequence[Message] = ()
    quiet: bool = False


@dataclass
class PeekedConversation:
    """A conversation, or the reason why a row gives none, with hops before and after it was made. Each column
    writes a conversation that the filters keep."""

    place: str
    before: list[Hop]
    number: int = 0  # from 1, over all rows that are shown
    conversation: Conversation | None = None
    hops: list[Hop] = field(default_factory=list)
    written: list[WrittenConversation] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        return any(hop.fate for hop in (*self.before, *self.hops))

    @property
    def messages(self) -> Sequence[Message]:
        """The messages as the last step left them."""
        changed = [hop.messages for hop in self.hops if hop.messages]
        return changed[-1] if changed else self.conversation.messages if self.conversation else ()


@dataclass
class PeekedRow:
    """One row as it was read, and its conversations."""

    place: str
    row: str
    conversations: list[PeekedConversation]

    @property
    def short_place(self) -> str:
        """The place without folders. Of a long name the middle is left out: the line stands at its end."""
        name = self.place.rpartition("/")[2]
        return name if len(name) <= 2 * ENDS else f"{name[:ENDS]}...{name[-ENDS:]}"


def peeked_rows(columns: Sequence[Column], count: int, skip: int, only: str | None) -> Iterator[PeekedRow]:
    """The first rows of each source. The first column's recipe reads and filters, and each column writes."""
    sources = columns[0].recipe[LOADERS]
    names = [source.name for source in sources]
    if only and only not in names:
        raise PitchpipeError(f"no source '{only}'.{suggest(only, names)}")
    numbers = count_from(1)
    for source in sources:
        for row in _rows_of(source, columns, count, skip) if only in (None, "", source.name) else ():
            for peeked in row.conversations:
                peeked.number = next(numbers)
            yield row


def _rows_of(source: SourceUse, columns: Sequence[Column], count: int, skip: int) -> Iterator[PeekedRow]:
    recipe = columns[0].recipe
    used, parts, judged = settle(source, recipe.host, learns(recipe))
    reader = Reader(source, used, recipe, judged)
    rows = numbered(row for part in parts for row in part.rows())
    for row in islice(rows, skip, skip + count):
        file = f"{reader.seen_from_recipe(row.file)}:{row.line}" if row.file else ""
        named = file and source.name not in file
        place = f"{source.name}, {file}" if named else file or f"{source.name} {row.line}"
        base = reader.base(RowBatch([row]))
        yield PeekedRow(place, _as_text(row), list(_conversations(base, place, columns)))


def _as_text(row: Row) -> str:
    return row.data if isinstance(row.data, str) else msgspec.json.encode(row.data, enc_hook=str).decode()


def _conversations(base: Base, place: str, columns: Sequence[Column]) -> Iterator[PeekedConversation]:
    for index, conversation in enumerate(base.conversations):
        if conversation is None:
            refused = base.refused[index]
            yield PeekedConversation(place, [Hop(refused.fate, refused.reason, fate=refused.fate)])
            continue
        repairs = [Hop(str(step), note) for step, note in base.notes.get(index, ())]
        peeked = PeekedConversation(place, repairs, conversation=conversation)
        kept = _filtered(conversation, columns[0].recipe[FILTERS], peeked.hops)
        if kept is not None:
            peeked.written = [column.write(kept) for column in columns if column.template]
        yield peeked


def _filtered(conversation: Conversation, filters: list[Use], hops: list[Hop]) -> Conversation | None:
    """The conversation that the filters keep. Adds a hop for each filter."""
    for use in filters:
        hop, kept = _hop(conversation, use)
        hops.append(hop)
        if kept is None:
            return None
        if kept is not conversation:
            hop.messages = kept.messages
        conversation = kept
    return conversation


def _hop(conversation: Conversation, use: Use) -> tuple[Hop, Conversation | None]:
    """The decision of one filter with its scores, and the conversation that the filter keeps."""
    stage = str(Step(StepKind.FILTER, use.label))
    if compares(use):
        return Hop(stage, "compares all rows: pitchpipe why says what it found", quiet=True), conversation
    judgement = _judgement(conversation, use)
    if drop := judgement.drops.get(0):
        limit = f" ({drop.score} against {drop.limit})" if drop.limit is not None else ""
        return Hop(stage, f"dropped: {drop}{limit}", fate="dropped"), None
    scores = ", ".join(f"{name} {judgement.column(name)[0]:g}" for name in judgement.scores)
    decision = f"would go: {judgement.tags[0]}" if judgement.tags else "kept"
    words = "; ".join(judgement.notes.get(0, ())) or decision
    return Hop(stage, words, scores, quiet=words == "kept"), judgement.edits.get(0, conversation)


def _judgement(conversation: Conversation, use: Use) -> Judgement:
    filter = Judge(use, "", 1)
    judge([filter], {0: conversation})
    return filter.done()
