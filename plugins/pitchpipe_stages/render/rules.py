"""What a recipe may say of any template: which words are learned, and what becomes of reasoning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.template import Piece
from pitchpipe_stages.render.writing import ChatTemplates, Writer, Writings, Written, wanted

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class Rules:
    """Options of every template."""

    learn: Annotated[
        Literal["replies", "last", "everything"],
        Meta(description="what the loss covers: all replies, the last one, or every token"),
    ] = "replies"
    reasoning: Annotated[
        Literal["last", "keep", "strip"],
        Meta(
            description="where reasoning is written: after the last user turn, as servers do; always; never"
        ),
    ] = "last"


class Ruled(Writer):
    """A template under a recipe's rules. A message's own `learn` goes before them, but for `everything`."""

    def __init__(self, writer: Writer, rules: Rules | None = None):
        self.rules = rules = rules or Rules()
        if rules.reasoning == "keep" and not writer.keeps_reasoning:
            raise ValueError(
                "this template decides itself where reasoning is kept: leave out `reasoning: keep`"
            )
        self.writer = writer = writer.with_reasoning(rules.reasoning)
        self.stop, self.stops, self.tokens = writer.stop, writer.stops, writer.tokens

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        conversation = self.edited(conversation)
        if self.rules.learn == "everything":
            return map(_learned, self.writer.whole(conversation))
        return self.writer(conversation)

    def whole(self, conversation: Conversation) -> Iterable[Piece]:
        return self.writer.whole(self.edited(conversation))

    def written(self, conversation: Conversation) -> Writings:
        conversation = self.edited(conversation)
        if self.rules.learn != "everything":
            return self.writer.written(conversation)
        return Writings([Written(conversation, list(self(conversation)), wanted(conversation))])

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        return self.writer.asked(self.edited(conversation), reply)

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        return self.writer.awaited(self.edited(conversation), variables)

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        return self.writer.jinja(bos, eos, defaults)

    def notes(self) -> list[str]:
        return self.writer.notes()

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> "Ruled":
        """The same rules for the template fitted to a tokenizer."""
        fitted = self.writer.fit(tokenizer)
        return self if fitted is self.writer else Ruled(fitted, self.rules)

    @property
    def serving(self) -> "Ruled":
        """The template that a model is asked with: it learns replies, whatever training learns."""
        return Ruled(self.writer.serving, Rules(reasoning=self.rules.reasoning))

    def edited(self, conversation: Conversation) -> Conversation:
        messages = conversation.messages
        if self.rules.reasoning == "strip" and any(message.reasoning for message in messages):
            messages = tuple(replace(m, reasoning="") if m.reasoning else m for m in messages)
        if self.rules.learn == "last":
            last = conversation.last_reply()
            replies = (index for index, m in enumerate(messages) if m.role == "assistant" and index != last)
            silent = {index for index in replies if not messages[index].learn}
            messages = tuple(
                replace(m, learn=False) if index in silent else m for index, m in enumerate(messages)
            )
        return conversation if messages is conversation.messages else replace(conversation, messages=messages)


def _learned(piece: Piece) -> Piece:
    return piece if piece.learn else Piece(piece.text, True, piece.control)
