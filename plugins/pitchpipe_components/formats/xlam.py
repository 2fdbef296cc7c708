"""xLAM rows: a question, tools, and the calls that answer it."""

from typing import Any

from pitchpipe import Conversation, Drop, Message, drop
from pitchpipe_components.formats.assemble import conversation
from pitchpipe_components.formats.tools import calls, tools_of


class XLAM:
    """{"query": "2+2?", "tools": "[{\\"name\\": ...}]", "answers": "[{\\"name\\": \\"add\\", ...}]"}

    xLAM and APIGen: tools and answers are JSON text, or lists. The answers are the reply's tool calls.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 3 if all(name in row for name in ("query", "tools", "answers")) else 0

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        if "query" not in row:
            return drop("query is missing")
        called = calls(row.get("answers"))
        if not called:
            return drop("answers is not a list of calls")
        tools, named = tools_of(row)
        messages = [Message("user", row["query"]), Message("assistant", "", tool_calls=called)]
        return conversation(messages, row, ("query", "answers", named or "query"), tools=tools)
