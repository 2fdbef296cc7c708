"""Reads rows that hold one list of turns: OpenAI's messages, ShareGPT and its dialects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Rest, Result, conversation, first
from pitchpipe_components.formats.tools import decoded, tools_of
from pitchpipe_components.formats.turns import NOTHING, ROLES, TEXTS, first_object, is_reply, is_turn, read

LISTS = (
    "messages", "conversations", "conversation", "data", "turns", "dialog", "dialogue", "items", "chat",
    "contents",
)  # fmt: skip
SYSTEMS = ("system", "system_prompt")
TOOLS = ("tools", "functions")
SIDES = ("chosen", "rejected")


@dataclass(frozen=True)
class Messages:
    """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}

    OpenAI's chats, with tools. A message's weight of 0 or 1 says whether it is learned. The list may have
    another name: conversation (WildChat, LMSYS-Chat), conversations, data, turns, dialog, items, chat.
    """

    def matches(self, row: dict[str, Any]) -> int:
        turn = first_object(turns(row)[1])
        return frame(row) if "role" in turn and first(turn, TEXTS) in ("content", "") else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        return chat(row)


@dataclass(frozen=True)
class ShareGPT:
    """{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}

    Chats whose turns use other keys than OpenAI's for speaker and words: from and value, role and text,
    speaker and text, Gemini's role and parts. A turn's weight, train or loss says whether it is learned.
    """

    def matches(self, row: dict[str, Any]) -> int:
        turn = first_object(turns(row)[1])
        role, text = first(turn, ROLES), first(turn, TEXTS)
        return frame(row) if role and text and (role, text) != ("role", "content") else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        return chat(row)


def chat(row: dict[str, Any]) -> Result:
    """Makes a conversation of the row's list of turns."""
    name, turn_list = turns(row)
    if not name:
        return drop("messages is missing")
    spoken = read(turn_list, name)
    return spoken if isinstance(spoken, Drop) else framed(row, name, *spoken)


def turns(row: dict[str, Any]) -> tuple[str, Any]:
    """Returns the name and value of the row's list of turns; without a list, of the first such key."""
    found: tuple[str, Any] = ("", None)
    for name in LISTS:
        if name in row:
            if isinstance(decoded(row[name]), list):
                return name, row[name]
            found = found if found[0] else (name, row[name])
    return found


def frame(row: dict[str, Any]) -> int:
    """Counts the keys that a format reads in a row with a list of turns."""
    preferred = any(all(kind(row.get(name)) for name in SIDES) for kind in (is_turn, is_words))
    beside = (*SYSTEMS, *TOOLS, "rejected_response")
    return 1 + 2 * preferred + sum(name in row for name in beside)


def is_words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def framed(row: dict[str, Any], name: str, messages: Sequence[Message], rests: Sequence[Rest]) -> Result:
    """Makes a conversation of turns and of the row's system message, tools and preferred last reply."""
    messages, rests, used = list(messages), list(rests), {name}
    if key := first(row, SYSTEMS):
        used.add(key)
        opening = messages[0] if messages else None
        known = opening and opening.role == "system" and opening.content == row[key]
        if row[key] not in (None, "") and not known:
            messages.insert(0, Message("system", row[key]))
            rests.insert(0, NOTHING)
    tools, named = tools_of(row)
    used |= {named} - {""}
    worse = _rejected(row, messages, rests, used)
    if isinstance(worse, Drop):
        return worse
    rejected, rest = worse
    return conversation(messages, row, used, rejected=rejected, tools=tools, turns=rests, rejected_turn=rest)


def _rejected(
    row: dict[str, Any], messages: list[Message], rests: list[Rest], used: set[str]
) -> tuple[Message | None, Rest] | Drop:
    """Reads a chosen turn or text, which ends the chat, and a rejected one; or Swift's rejected text."""
    if is_turn(row.get("chosen")) and is_turn(row.get("rejected")):
        both = read([row["chosen"], row["rejected"]], "chosen")
        if isinstance(both, Drop):
            return both
        used.update(SIDES)
        messages.append(both.messages[0])
        rests.append(both.turns[0])
        return both.messages[1], both.turns[1]
    if all(is_words(row.get(name)) for name in SIDES):
        used.update(SIDES)
        if not messages or not is_reply(messages[-1]):
            messages.append(Message("assistant", row["chosen"]))
            rests.append(NOTHING)
        elif str(messages[-1].content).strip() != row["chosen"].strip():
            return drop("chosen is another reply than the last of the chat")
        return Message("assistant", row["rejected"]), NOTHING
    if row.get("rejected_response") is not None:
        used.add("rejected_response")
        return Message("assistant", row["rejected_response"]), NOTHING
    return None, NOTHING
