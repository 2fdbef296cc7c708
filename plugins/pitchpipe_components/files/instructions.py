"""The instructions of a file of any kind: seed tasks, earlier data, prompts line by line."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError
from pitchpipe_components.files.parts import rows_of

_COLUMNS = ("instruction", "prompt", "question", "text", "query", "input")
_CHATS = ("messages", "conversations", "conversation", "prompt")
_SPEAKERS = ("user", "human", "prompter")


def instructions_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each row's line and what it asks first, the context left out. Rows without any are told at the end."""
    found, without = 0, list[int]()
    for row in rows_of(path):
        text = None if row.error else _asked(row.data)
        if text is None:
            without.append(row.line)
        else:
            found += 1
            yield row.line, text
    if not found:
        raise PitchpipeError(
            f"{path} has no instruction: a line of text, or a text in a column {', '.join(_COLUMNS[:4])} or"
            " messages"
        )
    if without:
        share = f"{len(without):,} of {found + len(without):,}"
        warnings.warn(
            f"{path}: rows without an instruction are passed over: {share}, the first at line {without[0]}",
            stacklevel=2,
        )


def _asked(data: Any) -> str | None:
    """The first text that stands where instructions stand."""
    if isinstance(data, str):
        return data
    if not isinstance(data, dict):
        return None
    chats = (_first(data[name]) for name in _CHATS if isinstance(data.get(name), list))
    texts = (data[name] for name in _COLUMNS if isinstance(data.get(name), str) and data[name].strip())
    return next((text for text in (*texts, *chats) if text is not None), None)


def _first(messages: list[Any]) -> str | None:
    for message in messages:
        if isinstance(message, dict):
            said = message.get("content", message.get("value"))
            if message.get("role", message.get("from")) in _SPEAKERS and isinstance(said, str):
                return said
    return None
