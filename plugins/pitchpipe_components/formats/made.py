"""Reads rows that generators made: those of `generated/NAME/rows.jsonl`."""

from typing import Any

import msgspec

from pitchpipe import Conversation, Drop, Message, drop


class OwnRow(msgspec.Struct):
    """A row, field by field as a conversation has them."""

    messages: tuple[Message, ...]
    made: dict[str, Any]
    id: str = ""
    category: str = ""
    group: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    rejected: Message | None = None
    meta: dict[str, Any] = {}


class OwnRows:
    """{"messages": [{"role": "user", "content": "Hi"}], "made": {"generator": "answers", "asks": []}}

    What `pitchpipe generate` writes: each field of a conversation, and `made`, which says how it came about.
    """

    def matches(self, row: dict[str, Any]) -> int:
        made, turns = row.get("made"), row.get("messages")
        ours = isinstance(made, dict) and isinstance(turns, list) and {"generator", "asks"} <= made.keys()
        return len(row) if ours else 0  # more than any other format reads of it

    def __call__(self, row: dict[str, Any]) -> Conversation | Drop:
        fields = OwnRow.__struct_fields__
        try:
            one = msgspec.convert({name: row[name] for name in fields if name in row}, OwnRow)
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            return drop(f"no row of a generator: {error}")
        beside = {name: value for name, value in row.items() if name not in fields}
        meta = {**one.meta, **beside, "made": one.made}
        return Conversation(
            one.messages, one.category, id=one.id, meta=meta, rejected=one.rejected, tools=one.tools,
            group=one.group,
        )  # fmt: skip
