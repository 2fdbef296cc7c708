"""Reads what a server has kept of its answers: the lines of a journal, and those that have feedback."""

from typing import Annotated, Any

import msgspec

from pitchpipe import Conversation, Drop, Message, Meta, drop
from pitchpipe_components.served.lines import AnswerLine, KeptReply

WHOLE = ("stop", "tool_calls")
CUT = {"length": "cut at the most tokens", "content_filter": "refused by a guard"}
KEYS = ("id", "at", "model", "consent")
USED = frozenset(("messages", "answers", "tools", "worse"))


class GivenFeedback(msgspec.Struct, frozen=True):
    """What was said of one of the answers."""

    rating: float | None = None
    better: str = ""
    index: Annotated[int, Meta(ge=0)] = 0


class RatedLine(AnswerLine, frozen=True, kw_only=True):
    """A line of the journal as the loader gives it."""

    feedback: GivenFeedback = GivenFeedback()
    worse: Message | None = None  # another answer to the same prompt


class Served:
    """{"id": "c1", "messages": [...], "answers": [{"message": {...}, "end": "stop"}], "consent": "client"}

    Lines of the journal of `pitchpipe serve`. The loader `served` brings the feedback to them: a better reply
    takes the place of the one that was given, which is rejected; a rating makes a `label` of good or bad.
    """

    def matches(self, row: dict[str, Any]) -> int:
        answer = isinstance(row.get("answers"), list) and all(key in row for key in KEYS)
        feedback = isinstance(row.get("feedback"), str) and isinstance(row.get("at"), float | int)
        return len(row) if answer or feedback else 0  # more than any other format reads of it

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        if isinstance(row.get("feedback"), str):
            return drop("feedback, which the loader `served` brings to its answer")
        if not row.get("consent"):
            return drop("no consent")
        try:
            line = msgspec.convert(row, RatedLine)
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            return drop(f"no line of a journal: {error}")
        if not line.messages:
            return drop("a text to go on with, no conversation")
        if line.feedback.index >= len(line.answers):
            return drop("feedback on an answer that is not there")
        meta = {key: value for key, value in row.items() if key not in USED}
        return _conversation(line, line.answers[line.feedback.index], meta)


def _conversation(line: RatedLine, given: KeptReply, meta: dict[str, Any]) -> Conversation | Drop:
    better = line.feedback.better
    if not better and given.end not in WHOLE:
        return drop(f"the answer is not whole: {CUT.get(given.end, line.broken or 'it has no end')}")
    reply = Message("assistant", better) if better else given.message
    rejected = _worse(given, better) if better else line.worse
    return Conversation((*line.messages, reply), meta=meta, rejected=rejected, tools=line.tools)


def _worse(given: KeptReply, better: str) -> Message | None:
    """The answer that was bettered; nothing where it says the same, or where no model wrote it."""
    said = given.message
    same = not said.tool_calls and said.content in (better, "")
    return None if same or given.refusal else said
