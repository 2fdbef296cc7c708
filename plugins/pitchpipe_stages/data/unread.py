"""Columns that nobody reads: what a row holds and its conversation does not say."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.data.media import TURNS

# Names of columns that describe a row: nobody misses them in a conversation, unless they say very much.
DESCRIBING = frozenset((
    "id", "idx", "index", "uid", "uuid", "guid", "hash", "key", "url", "urls", "uri", "link", "links", "href",
    "source", "sources", "dataset", "datasets", "subset", "split", "origin", "provenance", "task", "tasks",
    "type", "kind", "category", "categories", "subcategory", "domain", "topic", "tag", "tags", "name",
    "skill", "skills", "level", "difficulty", "ability", "subject", "genre", "style", "language", "lang",
    "languages", "locale", "country", "region", "license", "licence", "copyright", "author", "authors",
    "creator", "user", "username", "annotator", "worker", "model", "models", "engine", "generator", "version",
    "date", "time", "datetime", "timestamp", "created", "updated", "created_at", "updated_at", "path", "file",
    "filename", "file_name", "filepath", "label", "labels", "score", "rating", "quality", "status", "state",
))  # fmt: skip
# Names of columns that hold words of a conversation, be they ever so short.
SPEAKING = frozenset((
    "input", "inputs", "context", "system", "system_prompt", "system_message", "prompt", "instruction",
    "query", "question", "output", "outputs", "answer", "response", "completion", "reply", "target",
    "reasoning", "thinking", "thought", "rationale", "explanation", "hint", "history", "chosen", "persona",
    "passage", "document", "tools", "functions",
))  # fmt: skip
WEIGHTS = frozenset(
    ("weight", "loss_weight", "loss_scale", "loss_mask", "loss", "train", "trainable", "learn")
)
MANY = 4096  # names of columns that are remembered
WORSE = ("rejected", "non_preferred_output")  # replies that nobody wants to learn
_MUCH, _NEVER, _WEIGHT = 80, 1 << 40, 1 << 41  # characters
_DEEP = 3  # levels of lists and objects in which words are looked for
_RENDERED = 20  # characters of a chat that a text repeats by no accident
_SPACES, _LETTERS = 2, 10  # fewer make a label, not words


def unread(row: Json, conversation: Conversation) -> Iterator[str]:
    """The columns of the row that hold words or weights, and that the format left to meta."""
    for key, value in conversation.meta.items():
        kind, least = type(value), _least(key)
        if kind is str:
            if len(value) <= least:
                continue
        elif value is None or kind is bool or kind is int or kind is float:
            if least == _WEIGHT and value is not None and value != 1 and row.get(key) is value:
                yield key
            continue
        if row.get(key) is value:
            words = _words(value, least == 0)
            if len(words) > least and not _said(words, conversation):
                yield key


@lru_cache(MANY)
def _least(key: Any) -> int:
    """How many characters a column may hold, by its name, before it is told."""
    name = str(key).lower()
    if name in WEIGHTS:
        return _WEIGHT
    if name in WORSE or name == TURNS:
        return _NEVER
    return _MUCH if name in DESCRIBING else 0 if name in SPEAKING else 1


def share(rows: int, read: int) -> str:
    """A share of rows as people say it; never 0 % of something that is there."""
    part = rows / max(read, 1)
    if rows >= read:
        return "all rows"
    return f"{part:.0%} of rows" if part >= 0.01 else f"{rows:,} of {read:,} rows"


def _words(value: Any, speaking: bool, deep: int = 0) -> str:
    """The first text that holds words, of a value of any kind."""
    if isinstance(value, str):
        return value if _is_text(value) or (speaking and value.strip()) else ""
    if deep < _DEEP and isinstance(value, list | dict):
        entries = value.values() if isinstance(value, dict) else value
        return next(filter(None, (_words(entry, speaking, deep + 1) for entry in entries)), "")
    return ""


def _is_text(value: str) -> bool:
    """Words are letters with spaces between them, or many letters of a language that writes none."""
    if value.count(" ") < _SPACES and (value.isascii() or len(value) < _LETTERS):
        return False
    return any(map(str.isalpha, value[:200]))


def _said(words: str, conversation: Conversation) -> bool:
    """Do the messages say these words, or do the words render all that the messages say?"""
    words, seen = words.strip(), 0
    most = len(words)
    for message in conversation.messages:
        for text in (message.content, message.context):
            if isinstance(text, str) and text:
                if len(text) >= most and words in text:
                    return True
                seen = seen + len(text) if seen >= 0 and text.strip() in words else -1
    return seen >= _RENDERED
