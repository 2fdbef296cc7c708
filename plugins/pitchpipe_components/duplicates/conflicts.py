"""Finds prompts with several answers, of which the data can teach at most one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.duplicates.exact import SIZE, digest, normalised

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

_REPLY = 8  # bytes of the reply's digest, and bytes of its length


@dataclass(frozen=True)
class ConflictingAnswers:
    """Drops conversations that differ from another only in their last reply; `keep` chooses which one stays.

    White space does not count. Conversations that repeat the kept answer are no conflict: they stay.
    """

    keep: Annotated[Literal["first", "longest", "none"], Meta(description="which answer stays")] = "first"
    with_context: Annotated[
        bool, Meta(description="only prompts with a context (Alpaca's input), as in Self-Instruct")
    ] = False
    ignore_case: Annotated[bool, Meta(description="upper and lower case are equal")] = True

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """Returns for each the prompt's digest, the reply's digest and the reply's length."""
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
        prompt, reply = messages[:last], messages[last : last + 1]
        contexts = [message.context for message in prompt if message.context.strip()]
        if not prompt or (self.with_context and not contexts):
            return b""
        answer = normalised(reply, self.ignore_case, True)
        length = len(reply[0].content.strip()).to_bytes(_REPLY, "little")
        return digest(normalised(prompt, self.ignore_case, True)) + digest(answer, _REPLY) + length

    def _settled(self, records: Any, first: Any) -> tuple[Any, Any]:
        """Returns which records go, and because of which record."""
        import numpy as np

        reply, length = np.ascontiguousarray(records).view(np.uint64).reshape(-1, 2).T
        chosen = _longest(first, length) if self.keep == "longest" else first
        differs = reply != reply[chosen]
        if self.keep != "none":
            return differs, chosen
        contrary = np.full(len(first), -1)  # for each group's first record: the first that contradicts it
        at = np.flatnonzero(differs)
        contrary[first[at][::-1]] = at[::-1]
        because = np.where(differs, first, contrary[first])
        return because >= 0, because


def _longest(first: Any, length: Any) -> Any:
    """Returns for each record the longest of its group; of equally long ones, the first."""
    import numpy as np

    at = np.arange(len(first))
    order = np.lexsort((at, -length.astype(np.int64), first))
    best = np.empty(len(first), np.int64)
    best[first[order][::-1]] = order[::-1]  # the record written last is the first in order
    return best[first]
