"""A writer: a template in the form that rendering works with."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pitchpipe.records.conversation import Conversation
from pitchpipe.records.template import EOS, Piece

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


class Writer(ABC):
    """Writes conversations as pieces. `stop` ends a reply, `tokens` are the template's control tokens."""

    stop: str = EOS
    tokens: tuple[str, ...] = ()
    context_apart: bool = True  # messages keep their context apart from their content
    variables: Mapping[str, object] = {}  # that the chat template wants to know

    @abstractmethod
    def __call__(self, conversation: Conversation) -> Iterable[Piece]: ...

    def jinja(self, bos: str, eos: str) -> str | None:
        """The source of the chat template that is saved with the model, if there is one."""
        return None

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> "Writer":
        """The writer to use with this tokenizer."""
        return self

    def with_reasoning(self, rule: str) -> "Writer":
        """The writer that keeps reasoning by a rule; itself where the template decides."""
        return self

    @property
    def keeps_reasoning(self) -> bool:
        """Can it keep reasoning wherever a recipe wants it?"""
        return False

    @property
    def serving(self) -> "Writer":
        """The writer that servers use."""
        return self
