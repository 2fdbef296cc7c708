"""From rows to conversations: the format says where the messages are, repair makes them sound."""

import os
from collections.abc import Iterator
from dataclasses import replace as dataclass_replace

from msgspec import json, msgpack

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.options import bind
from pitchpipe.host.protocols import Part
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation, Json, Message, Row, Source, content_id, replace
from pitchpipe.records.verdict import Drop, Verdict
from pitchpipe_stages.data.judged import Judged
from pitchpipe_stages.data.learnable import apart, judged_alone, says_good, unpaired
from pitchpipe_stages.data.ledger import LOAD, REPAIR, Fate, Step, StepKind, line
from pitchpipe_stages.data.media import has_parts, without_parts
from pitchpipe_stages.data.sections import DATA, SourceUse
from pitchpipe_stages.data.sections import REPAIR as REPAIR_SECTION
from pitchpipe_stages.data.shards import Base, Refused
from pitchpipe_stages.data.source import RowBatch, in_sample, numbered, renamed
from pitchpipe_stages.data.unread import unread as columns_unread
from pitchpipe_stages.data.unwanted import Unwanted, unwanted
from pitchpipe_stages.data.writable import UNWRITABLE, plain
from pitchpipe_stages.learns import Learns, learns

Note = tuple[Step, str]
UNANSWERED = "unanswered"  # an option of a repair
Read = tuple[Step, Conversation | Drop, list[Note]]  # a result, the step that decided it, and all notes on it


class Reader:
    """Reads one source's rows."""

    def __init__(
        self,
        source: SourceUse,
        format: Use | None,
        recipe: Recipe,
        judged: Judged | None = None,
        learned: Learns | None = None,
    ):
        self.source, self.format, self._judged = source, format, judged or Judged()
        self._learns, self.strict = learned or learns(recipe), recipe[DATA].strict
        self.repair = _repair(recipe[REPAIR_SECTION], self._learns)
        self._folder = recipe.folder
        self._step = Step(StepKind.FORMAT, format.name if format else "")
        self._names: dict[str, str] = {"": ""}

    def base(self, part: Part) -> Base:
        """Every row of a part: a conversation, or several, or refused with a reason."""
        batch = part if isinstance(part, RowBatch) else None
        base = Base(passed_over=batch.passed_over if batch else 0)
        sampled = batch is not None or self.source.sample is None
        columns = {} if batch and batch.renamed else self.source.columns
        for row in numbered(part.rows()):
            if not sampled and not in_sample(row, self.source):
                base.passed_over += 1
                continue
            if columns:
                row.data = renamed(row.data, columns)
            self._read(row, base)
        return base

    def _read(self, row: Row, base: Base) -> None:
        base.read += row.stands_for
        base.joined += row.stands_for - 1
        place = Source(self.source.name, self.seen_from_recipe(row.file), row.line)
        of_row = [(LOAD, note) for note in row.notes]
        unread = set[str]()
        for step, result, told in self._conversations(row, place, unread):
            index = len(base.conversations)
            notes = [*of_row, *told]
            if isinstance(result, Drop):
                fate = Fate.DROPPED if isinstance(result, Unwanted) else Fate.QUARANTINED
                if fate is Fate.QUARANTINED:
                    notes = [*notes, (step, f"refused: {result.reason}")]
                written = line(place, fate, step, result.reason, row=row.data)
                base.refused[index] = Refused(step, result.reason, written, fate)
                base.conversations.append(None)
            else:
                base.conversations.append(result)
                if notes:
                    base.notes[index] = notes
            if notes and self.strict:
                raise PitchpipeError(f"{place}: {notes[0][0]}: {notes[0][1]}. The recipe says data.strict.")
        for column in unread:
            base.unread[column] = base.unread.get(column, 0) + row.stands_for

    def _conversations(self, row: Row, place: Source, unread: set[str]) -> Iterator[Read]:
        """The results of a row, one after the other, each with the step that decided it."""
        if row.error:
            yield LOAD, Drop(row.error), []
        elif row.unwanted:
            yield LOAD, Unwanted(row.unwanted), []
        elif not isinstance(row.data, dict):
            yield LOAD, Drop(f"a row is an object, not {type(row.data).__name__}"), []
        elif self.format is None:
            yield LOAD, Drop("no row of this source could be read"), []
        else:
            result = call(self.format, row.data, place)
            results = result if isinstance(result, list) else [result]
            if not results:
                yield self._step, Drop("the row holds no conversation"), []
            for one in results:
                yield from self._learned(self._sound(one, place, row.data, unread), row.data)

    def _sound(self, result: object, place: Source, row: Json, unread: set[str]) -> Read:
        """A format's result, repaired, with its source and its id. Adds the columns that nobody reads."""
        step, notes = self._step, list[Note]()
        result = _told(result, step, notes)
        if isinstance(result, Conversation) and (result.meta or has_parts(result)):
            if self.source.media == "ignore":
                result = without_parts(result)
            if reason := unwanted(row, result, self.source, self._judged, self._learns):
                return step, Unwanted(reason), []
            unread.update(columns_unread(row, result))
        if isinstance(result, Conversation) and self.repair:
            step = REPAIR
            result = _told(call(self.repair, result, place), step, notes)
        if isinstance(result, Drop):
            return step, result, []
        if not isinstance(result, Conversation):
            by = self.repair if step is REPAIR else self.format
            raise wrong(by, result, "a Conversation or pp.drop(reason)")
        try:
            sound, name = _writable(result)
        except UNWRITABLE:
            return step, Drop("the text cannot be written"), []
        notes += [(step, "values written as text")] * (sound is not result)
        return step, replace(sound, source=place, id=sound.id or name), notes

    def _learned(self, read: Read, row: Json) -> Iterator[Read]:
        """What the trainer learns of it: one conversation or two, or why there is none."""
        step, result, notes = read
        if isinstance(result, Drop) or self._learns in ("replies", "prompts"):
            yield read
        elif self._learns == "pairs":
            reason = unpaired(result)
            yield (self._step, Unwanted(reason), []) if reason else read
        elif result.rejected:
            yield from ((step, one, notes) for one in apart(result))
        else:
            one = judged_alone(result, says_good(row, result, self.source, self._judged))
            yield (self._step, Unwanted(one), []) if isinstance(one, str) else (step, one, notes)

    def seen_from_recipe(self, file: str) -> str:
        """A file's name as seen from the recipe's folder; a name that is no path, as it is."""
        if file not in self._names:
            self._names[file] = os.path.relpath(file, self._folder) if os.path.isabs(file) else file
        return self._names[file]


def _repair(use: Use | None, learned: Learns) -> Use | None:
    """The recipe's repair. Where prompts alone are learned, it keeps those that no reply follows, unless the
    recipe says otherwise."""
    keeps = learned == "prompts" and use and UNANSWERED in use.component.options
    if not use or not keeps or UNANSWERED in use.options:
        return use
    options = {**use.options, UNANSWERED: "keep"}
    return dataclass_replace(use, options=options, bound=bind(use.component.call, options))


def _told(result: object, step: Step, notes: list[Note]) -> object:
    """A step's result without its notes, which are added to the others."""
    if isinstance(result, Verdict):
        notes += [(step, note) for note in result.notes]
        return result.conversation
    return result


def _writable(conversation: Conversation) -> tuple[Conversation, str]:
    """The conversation and the id of its content.

    Dates, sets, numbers of any size and depths of any kind that a row held become what can be written.
    Making the id shows whether the messages can be written.
    """
    odd = (conversation.meta, conversation.tools, conversation.category, conversation.group)
    try:
        if any(odd):
            msgpack.encode(odd)
            json.encode(odd)
        return conversation, content_id(conversation)
    except UNWRITABLE:
        meta, tools, category, group = plain(odd)
        messages = tuple(_plain_message(message) for message in conversation.messages)
        mended = replace(
            conversation, messages=messages, meta=meta, tools=tuple(tools), category=category, group=group
        )
        return mended, content_id(mended)


def _plain_message(message: Message) -> Message:
    calls = tuple(plain(call) for call in message.tool_calls)
    return replace(message, content=plain(message.content), context=plain(message.context), tool_calls=calls)


def call(use: Use, data: Json | Conversation, place: Source) -> object:
    """Call a format or a repair; an error carries its name and the row's place."""
    try:
        return use.bound(data)
    except Quarantine as reason:
        return Drop(str(reason) or "refused")
    except RecursionError:
        return Drop("nested too deeply")
    except Exception as error:
        error.add_note(f"in {use.component}, at {place}")
        raise


def wrong(use: Use | None, result: object, expected: str) -> PitchpipeError:
    """The error of a component that returns something else than its contract says."""
    return PitchpipeError(
        f"{use.component if use else 'it'} returned {result!r:.80}; it must return {expected}"
    )
