"""Characters that no reader sees, and that a tokenizer does: mended alike in every text of a message."""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import astuple

from pitchpipe import Message, replace

Change = Callable[[str], str]

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[@-~]")  # colours and cursor moves of a terminal
# C1 controls are characters of Windows-1252 that were read as Latin-1: browsers show them so, too.
_AS_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_CONTROLS = dict.fromkeys([*range(9), *range(0x0E, 0x20), 0x7F], "") | {0x0B: "\n", 0x0C: "\n"} | _AS_CP1252
# A zero-width space parts words in Thai, Lao, Tibetan, Burmese, Khmer and their neighbours, and stays there.
_INVISIBLE = re.compile("[\xad\u2060\ufeff]|(?<![\u0e00-\u109f\u1780-\u17ff\u1950-\u1aaf])\u200b")


def change_texts(message: Message, change: Change) -> Message:
    """The message with its content, context and reasoning changed; the same object if none is."""
    content, context, reasoning = (
        change(message.content),
        message.context and change(message.context),
        message.reasoning and change(message.reasoning),
    )
    if content is message.content and context is message.context and reasoning is message.reasoning:
        return message
    return replace(message, content=content, context=context, reasoning=reasoning)


def without_surrogates(message: Message, notes: list[str]) -> Message:
    """No text can be written to a file that holds half a character, so this is no option."""
    changed = {}
    for name, value in zip(message.__struct_fields__, astuple(message), strict=True):
        if value and (whole := _whole(value)) != value:
            changed[name] = whole
    if not changed:
        return message
    notes.append("lone surrogate replaced")
    return replace(message, **changed)


def _whole(value: Any) -> Any:
    """Two halves that stand together become their character; half a character becomes U+FFFD."""
    if isinstance(value, str):
        if value.isascii() or not _SURROGATE.search(value):
            return value
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_whole(key): _whole(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_whole(each) for each in value])
    return value


def one_line_end(text: str, notes: list[str]) -> str:
    if "\r" not in text:
        return text
    notes.append("line ends made one")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_controls(text: str, notes: list[str]) -> str:
    if not _CONTROL.search(text):
        return text
    notes.append("control characters removed")
    return _ANSI.sub("", text).translate(_CONTROLS)


def without_invisible(text: str, notes: list[str]) -> str:
    if text.isascii() or not _INVISIBLE.search(text):
        return text
    notes.append("invisible characters removed")
    return _INVISIBLE.sub("", text)


def plain_spaces(text: str, notes: list[str]) -> str:
    if "\xa0" not in text:
        return text
    notes.append("no-break spaces made spaces")
    return text.replace("\xa0", " ")
