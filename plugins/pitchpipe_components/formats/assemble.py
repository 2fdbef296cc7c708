"""The last step of every format: messages and the row they were found in become a conversation."""

from collections.abc import Collection, Sequence
from typing import Any

from pitchpipe import Conversation, Message

Rest = dict[str, Any]  # what an object said beside what was read


def conversation(
    messages: Sequence[Message],
    row: dict[str, Any],
    used: Collection[str],
    *,
    category: str = "",
    rejected: Message | None = None,
    tools: tuple[dict[str, Any], ...] = (),
    group: str = "",
    turns: Sequence[Rest] = (),
    known: Rest | None = None,
) -> Conversation:
    """The messages, with every key of the row that was not `used` in meta.

    `turns` is what each message said beside its words, `known` what the format itself knows of the row. A
    row's own key of such a name is found in meta as row_<name>: only a format may say that a row is plain.
    """
    meta = {key: value for key, value in row.items() if key not in used}
    known = known or {}
    if any(turns):
        known = known | {"turns": list(turns)}
    if meta:
        category = category or _taken(meta, "category")
        if meta.get("id") is not None:
            meta["id"] = str(meta["id"])
        for name in ("plain", *known):
            if name in meta:
                meta[f"row_{name}"] = meta.pop(name)
    return Conversation(
        tuple(messages), category, meta=meta | known, rejected=rejected, tools=tools, group=group
    )


def _taken(meta: Rest, key: str) -> str:
    """A text, taken out; anything else stays where it is."""
    return meta.pop(key) if isinstance(meta.get(key), str) else ""


def first(row: dict[str, Any], names: Sequence[str]) -> str:
    """The first of these keys that the row has, or nothing."""
    for name in names:
        if name in row:
            return name
    return ""
