"""Exact duplicates, wherever they stand in the data."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Literal

from msgspec import Meta

from pitchpipe import Conversation, Drop, drop


@dataclass
class ExactDuplicates:
    """Keep the first of all conversations that say the same. White space at the ends does not count."""

    of: Annotated[Literal["conversation", "prompt"], Meta(description="what must not come twice")] = (
        "conversation"
    )

    def __post_init__(self) -> None:
        self._seen: dict[bytes, str] = {}

    def __call__(self, conversation: Conversation) -> Conversation | Drop:
        key = self._key(conversation)
        if key in self._seen:
            return drop(f"duplicate: of {self._seen[key]}")
        self._seen[key] = str(conversation.source)
        return conversation

    def _key(self, conversation: Conversation) -> bytes:
        digest = blake2b(digest_size=16)
        for message in conversation.messages:
            if self.of == "prompt" and message.role == "assistant":
                break
            for part in (
                message.role,
                message.content.strip(),
                message.context.strip(),
                str(message.tool_calls),
            ):
                digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        return digest.digest()
