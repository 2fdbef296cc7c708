"""Reads chats that a template has written already, as one text with a mark before each turn."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pitchpipe import Conversation, Message, drop, noted, replace
from pitchpipe_components.formats.assemble import Result, conversation

COLUMNS = (
    "text", "conversation", "conversations", "messages", "dialogue", "dialog", "content", "prompt", "sample",
    "instruction", "input", "formatted", "formatted_text",
)  # fmt: skip
_ROLES = {
    "user": ("user", "human", "prompter", "instruction", "question", "|human|"),
    "assistant": (
        "assistant",
        "bot",
        "ai",
        "gpt",
        "chatgpt",
        "model",
        "response",
        "answer",
        "output",
        "|ai|",
    ),
    "system": ("system",),
    "context": ("input", "context"),
    "tool": ("tool", "function", "observation", "ipython"),
}
ROLES = {name: role for role, names in _ROLES.items() for name in names}
_ENDS = r"<\|im_end\|>|<\|eot_id\|>|<\|end_of_text\|>|<end_of_turn>|<\|end\|>|<\|endoftext\|>|</s>|<eos>"
_TAIL = re.compile(rf"(?:\s*(?:{_ENDS}))+\s*$")
_START = re.compile(r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|\s)*")
_PREAMBLE = re.compile(r"(?:Below is an? |A chat between |The following is a conversation |You are )")
_LONGEST = 1500  # characters of a preamble
_LLAMA = re.compile(r"\[(/?)INST\]")
_SYSTEM = re.compile(r"\s*<<SYS>>\n?(.*?)\n?<</SYS>>\s*", re.S)

# Marks, each with its name as a group: those that no prose has, and then those that prose may have.
MARKS = tuple(
    re.compile(mark, flags)
    for mark, flags in (
        (r"<\|im_start\|>[ \t]*(\w+)[ \t]*\n?", 0),
        (r"<\|start_header_id\|>\s*(\w+)\s*<\|end_header_id\|>\s*", 0),
        (r"<start_of_turn>[ \t]*(\w+)[ \t]*\n?", 0),
        (r"<\|(system|user|assistant|human|bot|prompter|model|tool|observation)\|>:?\s?", 0),
        (r"#{2,3} ?(human|user|assistant|system|bot|gpt) ?:", re.I),
        (r"(?:^|\n)#{2,3} ?(instruction|input|response|system)\b ?:?(?=\s|$)", re.I),
        (r"(?:^|\n)#{2,3} ?(question|context|answer)\b ?:?(?=\s|$)", re.I),
        (r"(?:^|\n)\s*\[(\|human\||\|ai\||user|assistant|system)\]:?", re.I),
        (r"(?:^|\n)\s*<(human|bot|user|assistant)>:", re.I),
        (r"(?:^|(?<=\s)|(?<=</s>))(USER|ASSISTANT|SYSTEM):", 0),
        (r"(?:^|\n)\s*(human|user|assistant|system|bot|ai)\s*:", re.I),
    )
)  # fmt: skip


class Parsed(NamedTuple):
    """A text as messages, and the template's words before its first mark that were left out."""

    messages: list[Message]
    preamble: str = ""


class Transcript:
    """{"text": "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello!<|im_end|>"}

    Chats as one text, with the marks of ChatML, Llama 2 ([INST]) and 3, Gemma, Zephyr, Vicuna (USER:),
    Guanaco (### Human:), Alpaca (### Instruction:) and the like. The column may also be called conversation,
    dialogue, content or prompt.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return int(bool(written_in(row)))

    def __call__(self, row: dict[str, Any]) -> Result:
        name = written_in(row)
        if not name:
            return drop("no text begins with a mark that tells who speaks")
        parsed = parse(row[name])
        assert parsed
        made = conversation(parsed.messages, row, (name,))
        if parsed.preamble and isinstance(made, Conversation):
            return noted(made, "a template's preamble left out")
        return made


def written_in(row: dict[str, Any]) -> str:
    """The column that holds a chat as text; nothing where there is none."""
    return next((name for name in COLUMNS if isinstance(row.get(name), str) and parse(row[name])), "")


def parse(text: str) -> Parsed | None:
    """The messages of a text; nothing if it does not begin as a chat, or if only one side speaks."""
    text = text[_START.match(text).end() :]  # type: ignore[union-attr]
    found = _llama(text) if text.startswith("[INST]") else None
    for mark in () if found else MARKS:
        if found := _marked(mark, text):
            break
    roles = [message.role for message in found.messages] if found else []
    return found if "user" in roles and "assistant" in roles[roles.index("user") :] else None


def _marked(mark: re.Pattern[str], text: str) -> Parsed | None:
    first = mark.search(text, 0, _LONGEST)
    if not first or (first.start() and not _PREAMBLE.match(text)):
        return None
    messages: list[Message] = []
    for role, words in _turns(mark, text):
        if role == "context" and messages:
            messages[-1] = replace(messages[-1], context=words)
        elif words or role == "user":
            messages.append(Message(role, words))
    before = text[: first.start()].strip()
    if not before or before.startswith("Below is"):
        return Parsed(messages, before)
    return Parsed([Message("system", before), *messages])


def _turns(mark: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Roles and words. A context follows a question: what looks like one in a reply is part of the reply."""
    found, role = list(mark.finditer(text)), ""
    starts: list[tuple[str, re.Match[str]]] = []
    for one in found:
        name = one[1].lower()
        if ROLES.get(name) != "context" or role == "user":
            role = ROLES.get(name, one[1])
            starts.append((role, one))
    ends = [one.start() for _, one in starts[1:]] + [len(text)]
    for (role, one), end in zip(starts, ends, strict=True):
        yield role, _TAIL.sub("", text[one.end() : end]).strip()


def _llama(text: str) -> Parsed:
    return Parsed(list(_exchanges(text)))


def _exchanges(text: str) -> Iterator[Message]:
    """Llama 2 and Mistral: [INST] question [/INST] answer </s>, with a system message in a question."""
    _, *rest = _LLAMA.split(text)
    for closing, words in zip(rest[::2], rest[1::2], strict=True):
        words = _TAIL.sub("", words.removesuffix("<s>").rstrip()).strip().removesuffix("<s>").strip()
        if not closing and (system := _SYSTEM.match(words)):
            yield Message("system", system[1].strip())
            words = words[system.end() :]
        if words:
            yield Message("assistant" if closing else "user", words)
