"""Reads xLAM rows: a question, tools, and the tool calls that answer it."""

from typing import Any

from pitchpipe import Message, drop
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.tools import calls, tools_of


class XLAM:
    """{"query": "2+2?", "tools": "[{\\"name\\": ...}]", "answers": "[{\\"name\\": \\"add\\", ...}]"}

    Rows of xLAM and APIGen. Tools and answers are lists or JSON text; the answers are the reply's tool calls.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 3 if all(name in row for name in ("query", "tools", "answers")) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        if "query" not in row:
            return drop("query is missing")
        answers = calls(row.get("answers"))
        if not answers:
            return drop("answers is not a list of calls")
        tools, named = tools_of(row)
        messages = [Message("user", row["query"]), Message("assistant", "", tool_calls=answers)]
        return conversation(messages, row, ("query", "answers", named or "query"), tools=tools)
