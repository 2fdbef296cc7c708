"""Reads chats without roles: pairs of question and answer, and lists of texts that take turns."""

from dataclasses import dataclass
from typing import Any

from pitchpipe import Message, drop
from pitchpipe_components.formats.assemble import Rest, Result
from pitchpipe_components.formats.chat import frame, framed, turns
from pitchpipe_components.formats.learning import taken
from pitchpipe_components.formats.tools import decoded
from pitchpipe_components.formats.turns import NOTHING, first_object, is_turn

PAIRS = (
    ("human", "assistant"), ("user", "assistant"), ("input", "output"),
    ("question", "answer"), ("query", "response"), ("prompt", "response"),
)  # fmt: skip


@dataclass(frozen=True)
class Pairs:
    """{"conversation": [{"human": "Hi", "assistant": "Hello!"}]}

    Each object holds a question and its answer, as in Swift's rows ({human, assistant}) and Capybara's
    ({input, output}).
    """

    def matches(self, row: dict[str, Any]) -> int:
        pair = first_object(turns(row)[1])
        return frame(row) if not is_turn(pair) and _named(pair) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        name, pairs = turns(row)
        pairs = decoded(pairs)
        if not isinstance(pairs, list):
            return drop(f"{name or 'conversation'} is {'not a list' if name else 'missing'}")
        messages: list[Message] = []
        rests: list[Rest] = []
        for pair in pairs:
            names = _named(pair) if isinstance(pair, dict) else None
            if not names:
                return drop("a turn is not a pair")
            rest = {key: value for key, value in pair.items() if key not in names and value is not None}
            reply = Message("assistant", pair[names[1]], learn=taken(rest))
            messages += [Message("user", pair[names[0]]), reply]
            rests += [NOTHING, rest]
        return framed(row, name, messages, rests)


@dataclass(frozen=True)
class UltraChat:
    """{"id": "0", "data": ["Hi", "Hello!"]}

    Texts that take turns, the user first.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return frame(row) if _texts(row.get("data")) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        return _alternating(row, "data")


@dataclass(frozen=True)
class LIMA:
    """{"conversations": ["Hi", "Hello!"], "source": "stackexchange"}

    Texts that take turns, the user first. Rows of its test set have no answer.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return frame(row) if _texts(row.get("conversations")) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        return _alternating(row, "conversations")


def _named(pair: dict[str, Any]) -> tuple[str, str] | None:
    """Returns the keys that hold a pair's question and answer."""
    return next((names for names in PAIRS if names[0] in pair and names[1] in pair), None)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _alternating(row: dict[str, Any], name: str) -> Result:
    if not isinstance(row.get(name), list):
        return drop(f"{name} is {'not a list' if name in row else 'missing'}")
    messages = [Message(("user", "assistant")[i % 2], text) for i, text in enumerate(row[name])]
    return framed(row, name, messages, [NOTHING] * len(messages))
