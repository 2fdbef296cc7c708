"""Reads plain text, which has no prompt and is learned whole."""

from typing import Any

from pitchpipe import Message, drop
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.chat import turns
from pitchpipe_components.formats.transcript import written_in


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
