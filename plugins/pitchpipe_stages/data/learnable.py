"""Rows as the trainer learns them: pairs need a rejected reply, and judged replies a judgement."""

from collections.abc import Iterator
from typing import Any

from pitchpipe.records.conversation import Conversation, Json, replace
from pitchpipe_stages.data.judged import Judged, judgement
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.data.unread import WORSE

NO_REJECTED = "no rejected reply"
DIFFERS = "the sides differ before their last reply"
UNJUDGED = "no column says whether this reply is good or bad"
NO_REPLY = "no reply to judge"


def unpaired(conversation: Conversation) -> str:
    """Why a row is no pair; nothing where it is one."""
    if conversation.rejected is not None:
        return ""
    return DIFFERS if _differs(conversation) else NO_REJECTED


def _differs(conversation: Conversation) -> bool:
    """Whether a format found a worse side that it could not put in the place of the last reply."""
    return any(conversation.meta.get(name) not in (None, "", [], True, False) for name in WORSE)


def says_good(row: Json, conversation: Conversation, source: SourceUse, judged: Judged) -> bool | None:
    """Whether a row calls its reply good; None where it does not say."""
    if not isinstance(source.undesired, dict):
        return judgement(row, conversation, judged)
    named = {column: value for column, value in source.undesired.items() if row.get(column) is not None}
    return not any(is_value(row[column], value) for column, value in named.items()) if named else None


def is_value(found: Any, named: Any) -> bool:
    """Is it the value that the recipe names, or one of several?"""
    values = named if isinstance(named, list) else [named]
    return any(found == value or str(found).strip().lower() == str(value).lower() for value in values)


def judged_alone(conversation: Conversation, good: bool | None) -> Conversation | str:
    """A conversation whose last reply was judged, or why it is none. A bad reply is rejected, and nothing
    stands in its place."""
    if _differs(conversation):
        return DIFFERS
    if good is None:
        return UNJUDGED
    if len(conversation.messages) < 2 or conversation.messages[-1].role != "assistant":
        return NO_REPLY
    *before, reply = conversation.messages
    return conversation if good else replace(conversation, messages=tuple(before), rejected=reply)


def apart(pair: Conversation) -> Iterator[Conversation]:
    """Both replies of a pair as judged ones: a good one and a bad one."""
    yield replace(pair, rejected=None)
    yield replace(pair, messages=pair.messages[:-1])
