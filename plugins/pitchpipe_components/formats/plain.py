"""Reads plain text, which has no prompt: texts to learn whole, and people whom a text describes."""

from typing import Any

from pitchpipe import Message, drop
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.chat import turns
from pitchpipe_components.formats.transcript import written_in

NAMES = ("id", "source", "category", "description")  # of a row that describes a person


class Text:
    """{"text": "Once upon a time there was a pitchpipe."}

    One reply without a prompt. Meta says `plain`, so that repair does not ask for a prompt.
    """

    def matches(self, row: dict[str, Any]) -> int:
        if not isinstance(row.get("text"), str) or isinstance(turns(row)[1], list):
            return 0
        return int(not written_in(row))

    def __call__(self, row: dict[str, Any]) -> Result:
        if "text" not in row:
            return drop("text is missing")
        return conversation([Message("assistant", row["text"])], row, ("text",), known={"plain": True})


class OfPerson:
    """{"persona": "A retired sailor who tunes pianos."}

    A person whom the generator `persona` asks about. Nothing else may be said in the row.
    """

    def matches(self, row: dict[str, Any]) -> int:
        said = [
            name for name, value in row.items() if isinstance(value, str | list | dict) and name not in NAMES
        ]
        return int(said == ["persona"] and isinstance(row["persona"], str))

    def __call__(self, row: dict[str, Any]) -> Result:
        if not isinstance(row.get("persona"), str):
            return drop("persona is missing")
        return conversation([Message("assistant", row["persona"])], row, ("persona",), known={"plain": True})
