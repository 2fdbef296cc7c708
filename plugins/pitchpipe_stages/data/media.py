"""Images, sound and video, which cannot be learned: columns and turns that hold them, parts of contents."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pitchpipe.records.conversation import Conversation, Message, replace

TURNS = "turns"  # in meta: what formats did not read of each turn
_NAMES = re.compile(
    r"(?:images?|imgs?|pictures?|photos?|pixel_values|videos?|audios?|speech|wav)"
    r"(?:_?(?:paths?|files?|file_?names?|urls?|bytes|base64|b64|list))?"
)
# The types of parts, as OpenAI, Anthropic and Transformers write them.
_PART = re.compile(r"(?:input_)?(?P<what>image|video|audio)s?(?:_url|_file|_path)?")
_WHAT = re.compile(r"(?P<what>image|video|audio)")
_MANY = 4096  # names that are remembered


def media(conversation: Conversation) -> str:
    """What holds images, sound or video that nobody reads: a column of the row or of its turns, or parts."""
    meta = conversation.meta
    found = next((key for key in meta if _names_media(key) and _holds(meta[key])), "")
    turns = meta.get(TURNS) if not found else None
    each = [turn for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else []
    found = found or next((k for turn in each for k in turn if _names_media(k) and _holds(turn[k])), "")
    if found or not has_parts(conversation):
        return found
    return next((f"{what} parts" for m in conversation.messages for what in _parts(m)), "")


def has_parts(conversation: Conversation) -> bool:
    """Is a content anything but text?"""
    return any([type(message.content) is not str for message in conversation.messages])


def without_parts(conversation: Conversation) -> Conversation:
    """The conversation with the words of its contents alone."""
    messages = (replace(message, content=_words(message.content)) for message in conversation.messages)
    return replace(conversation, messages=tuple(messages))


def _parts(message: Message) -> Iterator[str]:
    """What the parts of a content show: image, video or audio."""
    content: Any = message.content  # as the row has it
    yield from filter(None, map(_shown, content if isinstance(content, list) else [content]))


def _words(content: Any) -> Any:
    if isinstance(content, list):
        return [part for part in content if not _shown(part)]
    return "" if _shown(content) else content


def _shown(part: Any) -> str:
    if not isinstance(part, dict):
        return ""
    named = _PART.fullmatch(str(part.get("type") or "").lower())
    if named is None:  # a part without a type says it by its key: {"image": "a.jpg"}
        found = next((key for key in part if _names_media(key) and _holds(part[key])), "")
        named = _WHAT.match(found)
    return named["what"] if named else ""


@lru_cache(_MANY)
def _names_media(key: Any) -> bool:
    return isinstance(key, str) and _NAMES.fullmatch(key.lower()) is not None


def _holds(value: Any) -> bool:
    """Is there anything in it? Numbers, and lists of nulls and of empty lists, hold nothing."""
    if isinstance(value, list):
        return any(map(_holds, value))
    if isinstance(value, dict):
        return any(map(_holds, value.values()))
    return isinstance(value, str | bytes) and bool(value)
