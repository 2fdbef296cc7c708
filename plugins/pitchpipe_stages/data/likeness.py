"""What conversations share but for case, punctuation and white space: hashes, made shard by shard."""

import re
import unicodedata
from hashlib import blake2b
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.json import encode
from numpy.typing import NDArray

from pitchpipe.records.conversation import Conversation, Message

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_ROLES = {"system": 1, "user": 2, "assistant": 3}
AT_ONCE = 256  # messages to strip together, so that their text fits the cache
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


def likeness(conversations: list[Conversation], rows: list[int], sides: bool = False) -> Likeness:
    """The hashes of conversations, each of which gave so many rows. With `sides`, what is rejected counts."""
    talks = _Talks(conversations)
    asked, of = talks.asked()
    many = np.array(rows, np.int64)
    first = np.cumsum(many) - many  # each conversation's first row
    ids = np.frombuffer(b"".join([_eight(conversation.id) for conversation in conversations]), np.uint64)
    wholes = talks.wholes()
    if sides:
        rejected = [conversation.rejected for conversation in conversations]
        ids = ids + _numbers([encode(reply) if reply else b"" for reply in rejected])
        wholes = wholes + _numbers([_stripped([reply])[0] if reply else b"" for reply in rejected])

    def of_first(values: NDArray[Any]) -> bytes:
        column = np.zeros(many.sum(), values.dtype)
        column[first] = values
        return column.tobytes()

    turns = np.frombuffer(of_first(np.bincount(of, minlength=len(many))), np.int64).tolist()
    prompts = np.repeat(talks.prompts(), many).tobytes()
    return Likeness(prompts, of_first(wholes), of_first(ids), asked.tobytes(), turns)


class _Talks:
    """The messages of conversations in a row, as sums of hashes: those of any stretch are a difference."""

    def __init__(self, conversations: list[Conversation]):
        messages = [message for conversation in conversations for message in conversation.messages]
        counts = np.array([len(conversation.messages) for conversation in conversations], np.int64)
        self._ends = np.cumsum(counts)
        self._starts, self._of = self._ends - counts, np.repeat(np.arange(len(counts)), counts)
        self._roles = np.array([_ROLES.get(message.role, 0) for message in messages], np.uint64)
        some = (messages[start : start + AT_ONCE] for start in range(0, len(messages), AT_ONCE))
        hashes = np.frombuffer(
            b"".join([hashed(words) for part in some for words in _stripped(part)]), np.uint64
        )
        self._sums = np.zeros(len(messages) + 1, np.uint64)
        np.cumsum(mixed(hashes + self._roles), out=self._sums[1:])
        self._replies = np.flatnonzero(self._roles == _ROLES["assistant"])
        self._first = self._ends.copy()  # where each one's prompt ends
        np.minimum.at(self._first, self._of[self._replies], self._replies)

    def wholes(self) -> Hashes:
        return self._between(self._starts, self._ends)

    def prompts(self) -> Hashes:
        """Text that nobody asked for is its own prompt."""
        asked = self._first > self._starts
        return self._between(self._starts, np.where(asked, self._first, self._ends))

    def asked(self) -> tuple[Hashes, Places]:
        """Each question with its reply, each later one behind the system message; and whose they are."""
        user = np.append(self._roles == _ROLES["user"], False)
        begins = user & ~np.roll(user, 1)
        begins[self._starts] = user[self._starts]
        run = np.maximum.accumulate(np.where(begins, np.arange(len(user)), 0))
        replies = self._replies[
            user[self._replies - 1] & (self._replies > self._starts[self._of[self._replies]])
        ]
        question, of = run[replies - 1], self._of[replies]
        behind = self._system()[of] + self._between(question, replies)
        both = np.stack([self._between(question, replies + 1), behind], axis=1)
        told = np.stack([np.ones(len(of), bool), replies > self._first[of]], axis=1)
        return both[told], np.repeat(of, told.sum(axis=1))

    def _system(self) -> Hashes:
        """The hash of each conversation's system message, 0 where it has none."""
        roles = np.append(self._roles, np.uint64(0))
        told = roles[self._starts] == _ROLES["system"]
        return self._between(self._starts, self._starts + told)

    def _between(self, starts: Places, ends: Places) -> Hashes:
        return self._sums[ends] - self._sums[starts]


def _stripped(messages: list[Message]) -> list[bytes]:
    """The letters, digits and signs of each message, in lower case. Many at once are cheap."""
    texts = [_said(message) for message in messages]
    encoded = [text.encode() if text.isascii() else _foreign(text) for text in texts]
    data = np.frombuffer(_BETWEEN.join([*encoded, b""]).translate(_TABLE), np.uint8)
    keep, points = data != ord(" "), np.flatnonzero(data == ord("."))
    keep[points] = data[points + 1] - np.uint8(ord("0")) < 10  # it is inside of a number: 3.5 is not 35
    words = np.compress(keep, data).tobytes().split(_BETWEEN)[:-1]
    return words if b"" not in words else list(map(_or_all, words, texts))


def _or_all(words: bytes, text: str) -> bytes:
    """Text that is nothing but signs says what they say."""
    return words or text.encode("utf-8", "surrogatepass")


def _said(message: Message) -> str:
    if message.context or message.reasoning or message.tool_calls:
        calls = str(message.tool_calls or "")
        return "\n".join((message.content, message.context, message.reasoning, calls))
    return message.content


def _foreign(text: str) -> bytes:
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
    return written if len(written) == 8 else hashed(id.encode("utf-8", "surrogatepass"))


def _numbers(words: list[bytes]) -> Hashes:
    """The hash of each; 0 of nothing."""
    return np.frombuffer(b"".join([hashed(one) if one else bytes(8) for one in words]), np.uint64)


def hashed(words: bytes) -> bytes:
    """Eight bytes that stand for words."""
    return blake2b(words, digest_size=8).digest()


def mixed(values: Hashes) -> Hashes:
    """The mixing steps of splitmix64: every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
