"""Examples: the token ids of a conversation, and which of them are learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pitchpipe.records.conversation import Conversation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IGNORED = -100  # PyTorch's cross entropy passes over this label


@dataclass(slots=True)
class Example:
    """Token ids, and labels: the id where the token is learned, IGNORED where it is not.

    `rejected` is the same prompt with the worse reply, in preference data. A reply that was judged bad stands
    there alone: the example itself has no ids then.
    """

    ids: Sequence[int]  # a list, or an array of numpy
    labels: Sequence[int]
    rejected: "Example | None" = None

    @classmethod
    def of(cls, ids: list[int], mask: Sequence[int]) -> "Example":
        """An example from ids, and for each id whether it is learned."""
        return cls(ids, [token if learned else IGNORED for token, learned in zip(ids, mask, strict=True)])

    @property
    def learned(self) -> int:
        """The number of learned tokens."""
        return sum(1 for label in self.labels if label != IGNORED)


class Examples(Protocol):
    """The prepared examples of one side of the split."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Example: ...
    def lengths(self) -> "NDArray[np.int64]": ...  # in tokens
    def sources(self) -> "tuple[list[str], NDArray[np.int64]]": ...  # names, and the number of each example's
    def where(self, numbers: Sequence[int], /) -> list[str]: ...  # the file and line of examples
    def taken(self, numbers: Sequence[int], /) -> list[Conversation]: ...  # the conversations of examples
    def conversations(self) -> Iterator[Conversation]: ...  # of the examples, each once
