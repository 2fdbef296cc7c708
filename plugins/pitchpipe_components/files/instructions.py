"""The instructions of a file of any kind: seed tasks, earlier data, prompts line by line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError
from pitchpipe_components.files.parts import rows_of

_COLUMNS = ("instruction", "prompt", "question", "text", "query", "input")
_CHATS = ("messages", "conversations", "conversation", "prompt")
_SPEAKERS = ("user", "human", "prompter")


def instructions_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each row's line and what it asks first, the context left out."""
    for row in rows_of(path):
        place = f"{path}:{row.line}"
        if row.error:
            raise PitchpipeError(f"{place} cannot be read: {row.error}")
        text = _asked(row.data)
        if text is None:
            raise PitchpipeError(
                f"{place} has no instruction: a line of text, or a text in a column {', '.join(_COLUMNS[:4])}"
                " or messages"
            )
        yield row.line, text


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
