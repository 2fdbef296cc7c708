"""Excerpts of rows: short enough to read, long enough to believe a count."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from pitchpipe.records.conversation import Conversation, Message
from pitchpipe.records.verdict import Drop, Measure
from pitchpipe_stages.console import shortened
from pitchpipe_stages.data.shards import Base
from pitchpipe_tools.ledger_entry import LedgerEntry
from pitchpipe_tools.message_lines import lines_of

# Characters that the page shows.
PROMPT, REPLY, ROW = 140, 220, 320
CONTEXT = 60  # before and after a change

READ = 5000  # characters of a message that are read for its excerpt


@dataclass
class SampleRow:
    """One row on the page: its place, its texts, a filter's score and limit, and the reason in detail."""

    place: str
    texts: list[tuple[str, str]]  # role and text
    score: Measure = None
    limit: Measure = None
    detail: str = ""


def sample(conversation: Conversation, drop: Drop | None = None, detail: str = "") -> SampleRow:
    """A conversation as a sample row, with the decision of a filter."""
    drop = drop or Drop(detail)
    return SampleRow(str(conversation.source), excerpts(conversation), drop.score, drop.limit, str(drop))


def sample_of_line(line: bytes, base: Base | None = None) -> SampleRow:
    """A line of the ledger as a sample row. The line holds the row, or names a conversation of the base."""
    entry = LedgerEntry.of(line)
    texts = []
    if base and entry.id is not None:
        row = next((c for c in base.conversations if c and c.id == entry.id), None)
        texts = excerpts(row) if row else []
    elif entry.row is not None:
        text = entry.row if isinstance(entry.row, str) else msgspec.json.encode(entry.row).decode()
        texts = [("row", shortened(text, ROW))]
    return SampleRow(entry.place, texts, entry.score, entry.limit, entry.reason)


def excerpts(conversation: Conversation) -> list[tuple[str, str]]:
    """The first prompt and the last reply, or else the first message, and the number of other messages."""
    messages = conversation.messages
    prompt = next((message for message in messages if message.role == "user"), None)
    reply = next((message for message in reversed(messages) if message.role == "assistant"), None)
    shown = [(message, most) for message, most in ((prompt, PROMPT), (reply, REPLY)) if message]
    shown = shown or [(message, REPLY) for message in messages[:1]]
    texts = [line for message, most in shown for line in _lines(message, most)]
    more = len(messages) - len(shown)
    return texts + [("", f"and {more} more message{'s' * (more > 1)}")] * (more > 0)


def _lines(message: Message, most: int) -> Iterator[tuple[str, str]]:
    for what, words in lines_of(message):
        yield what.strip(), shortened(words[:READ], most)


def difference(before: Conversation, after: Conversation) -> list[tuple[str, str]]:
    """The first line of a message that differs, around the first character that differs."""
    for old, new in zip(_all_lines(before), _all_lines(after), strict=False):
        if old != new:
            same = _same_start(old, new)
            return [("before", _window(old, same)), ("after", _window(new, same))]
    return excerpts(after)


def _all_lines(conversation: Conversation) -> list[str]:
    return [words for message in conversation.messages for _, words in lines_of(message)]


def _same_start(left: str, right: str) -> int:
    """The number of equal characters at the start of two texts."""
    shorter = min(len(left), len(right))
    return next((index for index in range(shorter) if left[index] != right[index]), shorter)


def _window(text: str, middle: int) -> str:
    start = max(middle - CONTEXT, 0)
    return "..." * (start > 0) + shortened(text[start : middle + 4 * CONTEXT], 3 * CONTEXT)
