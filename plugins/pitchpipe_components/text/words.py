"""Texts as comparing sees them: words in lower case, without punctuation, as UTF-8."""

import re
import unicodedata
from functools import cache
from typing import Literal

from pitchpipe import Conversation, Message

Of = Literal["conversation", "prompt", "reply"]

_SIGNS = "+<=>%^"  # they decide what a formula says: 3 + 5 is not 3 = 5
_TABLE = bytes(
    byte if byte > 127 or chr(byte) in _SIGNS else ord(chr(byte).lower()) if chr(byte).isalnum() else 32
    for byte in range(256)
)
_FOREIGN = re.compile("[^\x00-\x7f]+")
_UNSPACED = (  # scripts that put no space between words: each character stands for one
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x9FFF),  # Han
    (0x20000, 0x3FFFF),  # Han, the rarer ones
)


def plain(text: str) -> bytes:
    """The words with spaces between them. One table does it, after a look at what is not ASCII."""
    if not text.isascii():
        text = _FOREIGN.sub(_words, unicodedata.normalize("NFKC", text).lower())
    return text.encode().translate(_TABLE)


def text_of(conversation: Conversation, of: Of) -> str:
    """What is said in all of it, before the first reply, or in the replies; the rejected one is a reply.

    System messages do not count: a long one that all rows share would make all of them alike.
    """
    messages = (*conversation.messages, *([conversation.rejected] if conversation.rejected else []))
    if of == "prompt":
        messages = messages[: first_reply(messages)]
    elif of == "reply":
        messages = tuple(message for message in messages if message.role == "assistant")
    return "\n".join([_said(message) for message in messages if message.role != "system"]).strip()


def asked_and_said(conversation: Conversation, of: Of) -> tuple[str, str]:
    """What the last reply is asked, or the first if only prompts count; and that reply, or all of them. What
    is rejected is said too."""
    messages = conversation.messages
    if of == "reply":
        return "", text_of(conversation, "reply")
    replies = [place for place, message in enumerate(messages) if message.role == "assistant"]
    last = replies[-1] if replies else len(messages)
    end = first_reply(messages) if of == "prompt" else len(messages)
    asked = [m for place, m in enumerate(messages[:end]) if place != last and m.role != "system"]
    told = [*messages[last : last + 1], *([conversation.rejected] if conversation.rejected else [])]
    return "\n".join(map(_said, asked)).strip(), "\n".join(map(_said, told)).strip()


def first_reply(messages: tuple[Message, ...]) -> int:
    """Where the prompt ends."""
    for index, message in enumerate(messages):
        if message.role == "assistant":
            return index
    return len(messages)


def _said(message: Message) -> str:
    """A message's words, and what it thinks and calls."""
    if message.context or message.reasoning or message.tool_calls:
        calls = str(message.tool_calls or "")
        return "\n".join(filter(None, (message.reasoning, message.content, message.context, calls)))
    return message.content


def _words(run: re.Match[str]) -> str:
    return "".join(map(_character, run[0]))


@cache
def _character(character: str) -> str:
    """Letters, marks, digits and signs of arithmetic count; a letter of an unspaced script is a word."""
    category = unicodedata.category(character)
    if category[0] not in "LMN" and category != "Sm":
        return " "
    return f" {character} " if unspaced(character) else character


def unspaced(character: str) -> bool:
    """Whether it belongs to a script that puts no space between words."""
    code = ord(character)
    return any(low <= code <= high for low, high in _UNSPACED)
