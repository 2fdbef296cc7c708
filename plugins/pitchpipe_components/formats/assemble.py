"""Makes a conversation of messages and the rest of their row: the last step of every format."""

from collections.abc import Collection, Sequence
from typing import Any

from pitchpipe import Conversation, Message

Rest = dict[str, Any]  # the keys of a turn that its message does not hold


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
    """Makes a conversation of messages, with every key of the row that is not in `used` in its meta.

    `turns` holds the other keys of each message's turn, `known` what the format itself says about the row. If
    the row has a key with a name of `known`, meta holds it as row_<name>. The same goes for `plain`, since
    only a format may say that a row is plain.
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
    """Takes a text out of meta; any other value stays there."""
    return meta.pop(key) if isinstance(meta.get(key), str) else ""


def first(row: dict[str, Any], names: Sequence[str]) -> str:
    """Returns the first of these keys that the row has, or an empty text."""
    for name in names:
        if name in row:
            return name
    return ""
