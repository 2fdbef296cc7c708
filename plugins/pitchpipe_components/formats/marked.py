"""Reads chats that are one text with a mark before each turn: HH-RLHF and Glaive."""

import re
from typing import Any

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.preferred import preferred
from pitchpipe_components.formats.tools import Objects, quoted_call, split_off
from pitchpipe_components.formats.turns import NOTHING, Spoken

_HH = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_GLAIVE = re.compile(r"(?:^|\n\s*)(USER|ASSISTANT|FUNCTION RESPONSE):")
_CALL, _END = "<functioncall>", "<|endoftext|>"
ROLES = {
    "Human": "user", "Assistant": "assistant",
    "USER": "user", "ASSISTANT": "assistant", "FUNCTION RESPONSE": "tool",
}  # fmt: skip


class HH:
    """{"chosen": "\\n\\nHuman: Hi\\n\\nAssistant: Hello!", "rejected": "\\n\\nHuman: Hi\\n\\nAssistant: No."}

    Anthropic's helpful and harmless dialogues. Its red-team rows, {"transcript": ...}, hold only one chat.
    The beginning of both dialogues may stand apart, as their prompt.
    """

    def matches(self, row: dict[str, Any]) -> int:
        if _has_marked_prompt(row):
            return 3
        sides = [name for name in ("chosen", "rejected", "transcript") if is_marked(row.get(name))]
        return 0 if sides == ["chosen"] or sides == ["rejected"] else len(sides)

    def __call__(self, row: dict[str, Any]) -> Result:
        if "chosen" not in row and "transcript" in row:
            spoken = dialogue(row["transcript"], "transcript")
            if isinstance(spoken, Drop):
                return spoken
            return conversation(spoken.messages, row, ("transcript",))
        if _has_marked_prompt(row):
            row = row | {name: _continued(row["prompt"], row[name]) for name in ("chosen", "rejected")}
        better, worse = dialogue(row.get("chosen"), "chosen"), dialogue(row.get("rejected"), "rejected")
        used = {"chosen", "rejected", "prompt"} if _has_marked_prompt(row) else {"chosen", "rejected"}
        return preferred(row, Spoken([], []), better, worse, used)


class Glaive:
    """{"system": "SYSTEM: Help.", "chat": "USER: Hi\\n\\n\\nASSISTANT: Hello! <|endoftext|>"}

    Glaive's function calling: functions listed in the system text become tools, "<functioncall>" a tool call.
    """

    def matches(self, row: dict[str, Any]) -> int:
        chat = row.get("chat")
        return 1 + ("system" in row) if isinstance(chat, str) and _GLAIVE.search(chat) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        if not isinstance(row.get("chat"), str):
            return drop(f"chat is {'not text' if 'chat' in row else 'missing'}")
        spoken = _split(_GLAIVE, row["chat"], "chat")
        if isinstance(spoken, Drop):
            return spoken
        messages, system = [_called(message) for message in spoken.messages], row.get("system")
        tools: Objects = ()
        if isinstance(system, str):
            system, tools = split_off(system.strip().removeprefix("SYSTEM:").strip())
        if system not in (None, ""):
            messages.insert(0, Message("system", system))
        return conversation(messages, row, ("system", "chat"), tools=tools)


def _has_marked_prompt(row: dict[str, Any]) -> bool:
    sides = (row.get(name) for name in ("chosen", "rejected"))
    return is_marked(row.get("prompt")) and all(isinstance(side, str) for side in sides)


def _continued(prompt: str, said: str) -> str:
    """A dialogue that begins with its prompt, which may end with the mark of the reply."""
    if said.startswith(prompt.rstrip()):
        return said
    turns = _split(_HH, prompt, "prompt")
    begun = isinstance(turns, Spoken) and turns.messages[-1] == Message("assistant", "")
    return prompt + said if begun else f"{prompt.rstrip()}\n\nAssistant: {said}"


def is_marked(text: Any) -> bool:
    """Whether the value is a text with a mark, "Human:" or "Assistant:"."""
    return isinstance(text, str) and _HH.search(text) is not None


def dialogue(text: Any, name: str) -> Spoken | Drop:
    """Reads a text with marks "Human:" and "Assistant:" as turns."""
    if not isinstance(text, str):
        return drop(f"{name} is {'missing' if text is None else 'not text'}")
    return _split(_HH, text, name)


def _split(marks: re.Pattern[str], text: str, name: str) -> Spoken | Drop:
    """Splits a text at its marks into messages, without the white space around the marks."""
    before, *rest = marks.split(text)
    if before.strip() or not rest:
        return drop(f"{name} does not begin with a mark: it tells nobody who speaks")
    texts = [part.strip().removesuffix(_END).rstrip() for part in rest[1::2]]
    messages = [Message(ROLES[mark], text) for mark, text in zip(rest[::2], texts, strict=True)]
    return Spoken(messages, [NOTHING] * len(messages))


def _called(message: Message) -> Message:
    """Moves the function call in a reply's words into its tool calls."""
    words, mark, call = message.content.partition(_CALL)
    if not mark or message.role != "assistant" or (found := quoted_call(call)) is None:
        return message
    return Message("assistant", words.strip(), tool_calls=found)
