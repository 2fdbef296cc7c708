"""Makes a conversation of messages and the rest of their row: the last step of every format."""

from collections.abc import Collection, Sequence
from typing import Any

from pitchpipe import Conversation, Drop, Message, Verdict, noted
from pitchpipe_components.formats.learning import notes_on

Rest = dict[str, Any]  # the keys of a turn that its message does not hold
Made = Conversation | Verdict  # a verdict has notes on what of the turns was not read
Result = Made | Drop


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
    rejected_turn: Rest | None = None,
    known: Rest | None = None,
) -> Made:
    """Makes a conversation of messages, with every key of the row that is not in `used` in its meta.

    `turns` holds the other keys of each message's turn, `known` what the format itself says about the row. If
    the row has a key with a name of `known`, meta holds it as row_<name>. The same goes for `plain`, since
    only a format may say that a row is plain.
    """
    meta = {key: value for key, value in row.items() if key not in used}
    known = known or {}
    if any(turns):
        known = known | {"turns": list(turns)}
    if rejected_turn:
        known = known | {"rejected_turn": rejected_turn}
    if meta:
        category = category or _taken(meta, "category")
        if meta.get("id") is not None:
            meta["id"] = str(meta["id"])
        for name in ("plain", *known):
            if name in meta:
                meta[f"row_{name}"] = meta.pop(name)
    made = Conversation(
        tuple(messages), category, meta=meta | known, rejected=rejected, tools=tools, group=group
    )
    notes = notes_on([*turns, rejected_turn or {}])
    return noted(made, *notes) if notes else made


def _taken(meta: Rest, key: str) -> str:
    """Takes a text out of meta; any other value stays there."""
    return meta.pop(key) if isinstance(meta.get(key), str) else ""


def filled(row: dict[str, Any], names: Sequence[str]) -> str:
    """Returns the first of these keys that holds something; if none does, the first that the row has."""
    return next((name for name in names if row.get(name) not in (None, "")), first(row, names))


def first(row: dict[str, Any], names: Sequence[str]) -> str:
    """Returns the first of these keys that the row has, or an empty text."""
    for name in names:
        if name in row:
            return name
    return ""
