"""What conversations share but for case, punctuation and white space: hashes, made shard by shard."""

import re
import unicodedata
from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from msgspec import Struct, field

from pitchpipe.records.conversation import Conversation, Message

_BETWEEN = b"\xff"  # no byte of a text
_SIGNS = b"+-/<=>%^."  # they decide what a formula says; a comma is a point
_TABLE = bytes(
    code if code > 127 or code in _SIGNS or chr(code).isalnum() else 46 if chr(code) == "," else 32
    for code in (ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256))
)
_FOREIGN = re.compile(r"[^\w\x00-\x7f]+")


class Likeness(Struct):
    """Hashes of 8 bytes for each row that is kept, in order.

    `asked` holds as many for a row as `turns` says: of each question with its reply, and of each later
    question of a chat as if it were a prompt. Rows after the first of one conversation have only its prompt.
    """

    prompts: bytes = b""
    wholes: bytes = b""
    ids: bytes = b""  # equal if the messages are, to the letter
    asked: bytes = b""
    turns: list[int] = field(default_factory=list)


def likeness(conversations: list[Conversation], rows: list[int]) -> Likeness:
    """The hashes of conversations, each of which gave so many rows."""
    prompts, wholes, ids, asked, turns = [], [], [], list[bytes](), list[int]()
    for conversation, words, count in zip(conversations, _stripped(conversations), rows, strict=True):
        whole = _hashed(*words)
        prompt, pairs = _asked(conversation.messages, words, whole)
        further = bytes(8 * (count - 1))
        prompts.append(prompt * count)
        wholes.append(whole + further)
        ids.append(_eight(conversation.id) + further)
        asked += pairs
        turns += [len(pairs), *[0] * (count - 1)]
    return Likeness(b"".join(prompts), b"".join(wholes), b"".join(ids), b"".join(asked), turns)


def _asked(messages: tuple[Message, ...], words: list[bytes], whole: bytes) -> tuple[bytes, list[bytes]]:
    """The hash of the prompt, and those of the questions. Text that nobody asked for is its own prompt."""
    if len(messages) == 2 and messages[0].role == "user" and messages[1].role == "assistant":
        return _hashed(words[0]), [whole]
    first = next((place for place, message in enumerate(messages) if message.role == "assistant"), 0)
    if not first:
        return whole, []
    system = words[:1] if messages[0].role == "system" else []
    pairs, question = list[bytes](), list[bytes]()
    for place, message in enumerate(messages):
        if message.role == "user":
            question.append(words[place])
        elif message.role == "assistant" and question:
            if place > first:
                pairs.append(_hashed(*system, *question))
            pairs.append(_hashed(*question, words[place]))
            question = []
    return _hashed(*words[:first]), pairs


def _stripped(conversations: list[Conversation]) -> Iterator[list[bytes]]:
    """The letters, digits and signs of each message, in lower case. All are stripped at once: it is cheap."""
    texts = [_said(message) for conversation in conversations for message in conversation.messages]
    data = np.frombuffer(_BETWEEN.join([*map(_encoded, texts), b""]).translate(_TABLE), np.uint8)
    keep, point, digit = data != ord(" "), data == ord("."), data - np.uint8(ord("0")) < 10
    keep[:-1] &= ~point[:-1] | digit[1:]  # a point stays inside of a number: 3.5 is not 35
    words = data[keep].tobytes().split(_BETWEEN)
    first = 0
    for conversation in conversations:
        last = first + len(conversation.messages)
        some = words[first:last]
        yield some if b"" not in some else [*map(_or_all, some, texts[first:last])]
        first = last


def _or_all(words: bytes, text: str) -> bytes:
    """Text that is nothing but signs says what they say."""
    return words or text.encode("utf-8", "surrogatepass")


def _said(message: Message) -> str:
    if message.context or message.reasoning or message.tool_calls:
        calls = str(message.tool_calls or "")
        return "\n".join((message.content, message.context, message.reasoning, calls))
    return message.content


def _encoded(text: str) -> bytes:
    if not text.isascii():
        text = _FOREIGN.sub(_marks, unicodedata.normalize("NFKC", text).lower())
    return text.encode("utf-8", "surrogatepass")


def _marks(run: re.Match[str]) -> str:
    """Marks belong to the letters before them; other signs do not count."""
    return "".join(sign for sign in run[0] if unicodedata.category(sign)[0] == "M") or " "


def _eight(id: str) -> bytes:
    """The eight bytes that an id is written from, or a hash of another id."""
    try:
        written = bytes.fromhex(id)
    except ValueError:
        written = b""
    return written if len(written) == 8 else _hashed(id.encode("utf-8", "surrogatepass"))


def _hashed(*words: bytes) -> bytes:
    return blake2b(_BETWEEN.join(words), digest_size=8).digest()
