"""Exact duplicates, wherever they stand in the data."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pitchpipe import Conversation, Message
from pitchpipe_components.text.words import first_reply

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

SIZE = 16  # bytes: enough that no two different texts of any data share a digest


@dataclass(frozen=True)
class ExactDuplicates:
    """Keep the first of all conversations that say the same. White space at the ends does not count."""

    of: Annotated[Literal["conversation", "prompt"], Meta(description="what must not come twice")] = (
        "conversation"
    )
    ignore_case: Annotated[bool, Meta(description="capitals do not count")] = False
    ignore_space: Annotated[bool, Meta(description="any white space is one space")] = False

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """A digest of each; nothing where nothing is said."""
        return [self._digest(conversation) for conversation in conversations]

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.grouping import repeated

        return repeated("duplicate", sketches, SIZE)

    def _digest(self, conversation: Conversation) -> bytes:
        messages = conversation.messages
        if self.of == "prompt":
            said = normalised(messages[: first_reply(messages)], self.ignore_case, self.ignore_space)
        else:
            said = normalised(messages, self.ignore_case, self.ignore_space)
            if conversation.tools or conversation.rejected:
                said += f"\x02{conversation.tools}\x02{conversation.rejected}"
        return digest(said) if said else b""


def normalised(messages: tuple[Message, ...], ignore_case: bool, ignore_space: bool) -> str:
    """Roles and words as one text: the fewer calls, the faster."""
    said: list[str] = []
    for message in messages:
        said += message.role, message.content.strip(), message.context.strip()
        if message.tool_calls or message.reasoning:
            said += "\x01", str(message.tool_calls), message.reasoning.strip()
    text = "\x00".join(said)
    if ignore_space:
        text = "\x00".join([" ".join(part.split()) for part in said])
    return text.lower() if ignore_case else text


def digest(text: str, size: int = SIZE) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
