"""Reads rows that generators made: those of `generated/NAME/rows.jsonl`."""

from typing import Any

from pitchpipe import Conversation, Drop, Message, drop


class OwnRows:
    """{"id": "8f", "messages": [{"role": "user", "content": "Hi"}], "made": {"generator": "answers"}}

    What `pitchpipe generate` writes.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 9 if isinstance(row.get("made"), dict) and isinstance(row.get("messages"), list) else 0

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        try:
            messages = tuple(Message(**turn) for turn in row["messages"])
        except TypeError:
            return drop("no row of a generator")
        return Conversation(
            messages,
            row.get("category", ""),
            id=row.get("id", ""),
            group=row.get("group", ""),
            meta={**row.get("meta", {}), "made": row["made"]},
        )
