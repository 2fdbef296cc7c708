"""The lines of a journal: answers with what was asked, and what clients said of them later."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

import pitchpipe as pp

FILES = "journal-*.jsonl"  # journal-2026-11-22-0001.jsonl: the day, by UTC, and a number


class KeptReply(Struct, frozen=True, omit_defaults=True):
    """One of the answers to a request. `end` is empty where it never ended."""

    message: pp.Message
    end: str = ""
    tokens: int = 0
    refusal: str = ""  # why a guard let it not pass


class AnswerLine(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A request and its answers. The id comes first: it is looked for without reading the rest."""

    id: str
    at: float  # seconds since 1970
    model: str  # as the client names it
    by: str = ""  # the upstream that answered
    messages: tuple[pp.Message, ...] = ()
    text: str = ""  # to go on with, where there are no messages
    tools: tuple[dict[str, Any], ...] = ()
    answers: tuple[KeptReply, ...] = ()
    read: int = 0  # tokens of the prompt, where they are known
    seconds: float = 0  # to the end of the last answer
    first: float = 0  # seconds to its first word
    wish: dict[str, Any] = {}  # how the client wanted to be answered, where it is not as usual
    user: str = ""  # a salted digest
    consent: str  # of the "client", or of the "server", whose recipe keeps all
    cached: bool = False
    learned: bool = False  # the model was tuned on this prompt
    broken: str = ""  # why it has no end: "left", or an error
    masked: dict[str, int] = {}  # personal data by kind


class FeedbackLine(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a client says of an answer."""

    feedback: str  # the id of the answer
    index: int = 0
    at: float
    rating: float | None = None
    better: str = ""
    user: str = ""
    masked: dict[str, int] = {}


def journals(folder: Path) -> list[Path]:
    """The files of a journal, the oldest first."""
    return sorted(folder.glob(FILES))


def day_of(path: Path) -> str:
    return path.name[8:18]


def whole_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers. What a kill has cut at the end is passed over."""
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if line.endswith(b"\n") and line.strip():
                yield number, line
