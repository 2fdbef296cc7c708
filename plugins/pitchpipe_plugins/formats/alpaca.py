"""Alpaca rows: an instruction, perhaps an input it is about, and an output."""

from dataclasses import dataclass
from typing import Any

from pitchpipe import Conversation, Drop, Message
from pitchpipe_plugins.formats.shape import conversation, wrong_type


@dataclass(frozen=True)
class Alpaca:
    """{"instruction": "Write this word in capitals.", "input": "hello", "output": "HELLO"}"""

    def matches(self, row: dict[str, Any]) -> bool:
        return "instruction" in row and "output" in row

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        instruction, context, output = row.get("instruction"), row.get("input") or "", row.get("output")
        for name, text in (("instruction", instruction), ("input", context), ("output", output)):
            if not isinstance(text, str):
                return wrong_type(name, text)
        asked = Message("user", str(instruction), context=context if context.strip() else "")
        return conversation([asked, Message("assistant", str(output))], row)
