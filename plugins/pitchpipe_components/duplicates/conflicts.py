"""One question, several answers: at most one of them is what the data meant to teach."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.duplicates.exact import SIZE, digest, normalised

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

_REPLY = 8  # bytes of the reply's digest, and as many of its length


@dataclass(frozen=True)
class ConflictingAnswers:
    """Settle what happens where all that comes before the last reply is the same, and that reply is not.

    White space does not count. Rows that give the kept answer once more are no conflict: they stay.
    """

    keep: Annotated[
        Literal["first", "longest", "none"], Meta(description="which of the different answers stays")
    ] = "first"
    with_context: Annotated[
        bool, Meta(description="only where the prompt has a context (Alpaca's input), as in Self-Instruct")
    ] = False
    ignore_case: Annotated[bool, Meta(description="capitals do not count")] = True

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """The prompt's digest, the reply's, and the reply's length."""
        return [self._sketch(conversation) for conversation in conversations]

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.grouping import groups, related

        rows, of = [], []
        for numbers, records, first in groups(sketches, SIZE + 2 * _REPLY):
            gone, because = self._settled(records, first)
            rows.append(numbers[gone])
            of.append(numbers[because[gone]])
        return related("conflicting answer", rows, of)

    def _sketch(self, conversation: Conversation) -> bytes:
        messages = conversation.messages
        last = max((i for i, message in enumerate(messages) if message.role == "assistant"), default=0)
        said, reply = messages[:last], messages[last : last + 1]
        contexts = [message.context for message in said if message.context.strip()]
        if not said or (self.with_context and not contexts):
            return b""
        answer = normalised(reply, self.ignore_case, True)
        length = len(reply[0].content.strip()).to_bytes(_REPLY, "little")
        return digest(normalised(said, self.ignore_case, True)) + digest(answer, _REPLY) + length

    def _settled(self, records: Any, first: Any) -> tuple[Any, Any]:
        """Which records go, and because of which."""
        import numpy as np

        reply, length = np.ascontiguousarray(records).view(np.uint64).reshape(-1, 2).T
        chosen = _longest(first, length) if self.keep == "longest" else first
        differs = reply != reply[chosen]
        if self.keep != "none":
            return differs, chosen
        other = np.full(len(first), -1)  # for each group's first: the first that contradicts it
        at = np.flatnonzero(differs)
        other[first[at][::-1]] = at[::-1]
        because = np.where(differs, first, other[first])
        return because >= 0, because


def _longest(first: Any, length: Any) -> Any:
    """For each record the longest of its group, the first of those."""
    import numpy as np

    at = np.arange(len(first))
    order = np.lexsort((at, -length.astype(np.int64), first))
    best = np.empty(len(first), np.int64)
    best[first[order][::-1]] = order[::-1]  # the last to be written is the first in order
    return best[first]
