"""Finds exact duplicates, wherever they stand in the data."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pitchpipe import Conversation, Message
from pitchpipe_components.text.words import first_reply

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

SIZE = 16  # bytes of a digest; enough that different texts never share one in practice


@dataclass(frozen=True)
class ExactDuplicates:
    """Keeps the first of equal conversations. White space at the ends of messages does not count."""

    of: Annotated[Literal["conversation", "prompt"], Meta(description="what must not come twice")] = (
        "conversation"
    )
    ignore_case: Annotated[bool, Meta(description="upper and lower case are equal")] = False
    ignore_space: Annotated[bool, Meta(description="any white space counts as one space")] = False

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """Returns a digest of each conversation; an empty one if it has no messages."""
        return [self._digest(conversation) for conversation in conversations]

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.grouping import repeated

        return repeated("duplicate", sketches, SIZE)

    def _digest(self, conversation: Conversation) -> bytes:
        messages = conversation.messages
        if self.of == "prompt":
            text = normalised(messages[: first_reply(messages)], self.ignore_case, self.ignore_space)
        else:
            text = normalised(messages, self.ignore_case, self.ignore_space)
            if conversation.tools or conversation.rejected:
                text += f"\x02{conversation.tools}\x02{conversation.rejected}"
        return digest(text) if text else b""


def normalised(messages: tuple[Message, ...], ignore_case: bool, ignore_space: bool) -> str:
    """Writes messages as one text; few calls make it fast."""
    parts: list[str] = []
    for message in messages:
        parts += message.role, message.content.strip(), message.context.strip()
        if message.tool_calls or message.reasoning:
            parts += "\x01", str(message.tool_calls), message.reasoning.strip()
    text = "\x00".join(parts)
    if ignore_space:
        text = "\x00".join([" ".join(part.split()) for part in parts])
    return text.lower() if ignore_case else text


def digest(text: str, size: int = SIZE) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
