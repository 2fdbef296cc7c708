"""A writer: a template in the form that rendering works with."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message, replace
from pitchpipe.records.template import EOS, Piece
from pitchpipe_stages.render.chat_template import Passed
from pitchpipe_stages.render.messages import Serving

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

ChatTemplates = str | dict[str, str] | None  # a source, or several by name, as tokenizers keep them


@dataclass(slots=True)
class Written:
    """One example of a conversation, in pieces.

    Its conversation ends where the example does, and marks the replies that it does not teach.
    """

    conversation: Conversation
    pieces: list[Piece]
    replies: tuple[int, ...]  # those that it teaches
    requests: dict[int, Passed] = field(default_factory=dict)  # what a server is sent for each of them


@dataclass(slots=True)
class Writings:
    """All examples of a conversation, and why a reply is in none."""

    examples: list[Written]
    missed: dict[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what the ledger should tell


AWAITED = Message("assistant", "So be it.")  # any reply: a prompt ends before it
PLAIN_TALK = Conversation((Message("user", "Hi"), Message("assistant", "Hello.")))


def one_of(saved: ChatTemplates) -> str:
    """The chat template of plain conversations, where there are several."""
    return saved.get("default", "") if isinstance(saved, dict) else saved or ""


def wanted(conversation: Conversation) -> tuple[int, ...]:
    """The replies that should be learned."""
    return tuple(
        i for i, m in enumerate(conversation.messages) if m.role == "assistant" and m.learn is not False
    )


def only(conversation: Conversation, reply: int) -> Conversation:
    """The conversation up to a reply, which alone is learned."""
    before = (replace(message, learn=False) for message in conversation.messages[:reply])
    messages = (*before, conversation.messages[reply])
    return replace(conversation, messages=messages, id=f"{conversation.id}.{reply}")


class Writer(ABC):
    """Writes conversations as pieces. `stop` ends a reply, `tokens` are the template's control tokens."""

    stop: str = EOS
    stops: tuple[str, ...] = ()  # all that end replies, where there are several
    tokens: tuple[str, ...] = ()
    takes_documents: bool = True  # plain text, which has no prompt

    @abstractmethod
    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        """The conversation, written once: the last of its examples."""

    def whole(self, conversation: Conversation) -> Iterable[Piece]:
        """All of the conversation, whoever speaks last and whatever is learned."""
        return self(conversation)

    def written(self, conversation: Conversation) -> Writings:
        """The conversation as examples, each of its replies in the prompt that a server would send for it.

        A template that writes what was said always alike needs one.
        """
        request = Passed(Serving(context_apart=True))
        replies = wanted(conversation)
        return Writings(
            [Written(conversation, list(self(conversation)), replies, dict.fromkeys(replies, request))]
        )

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        """The prompt of the reply at this index, and the words of the reply."""
        asked = tuple(replace(m, learn=False) for m in conversation.messages[:reply])
        awaited = replace(conversation.messages[reply], learn=True)
        pieces = list(self(replace(conversation, messages=(*asked, awaited))))
        first = next((at for at, piece in enumerate(pieces) if piece.learn), None)
        if first is None:
            raise Quarantine("the template does not say where this reply begins")
        return pieces[:first], said(pieces[first:])

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        """The prompt of the reply that comes next, as a server writes it that is told these variables."""
        messages = (*conversation.messages, AWAITED)
        return self.asked(replace(conversation, messages=messages), len(messages) - 1)[0]

    def edited(self, conversation: Conversation) -> Conversation:
        """The conversation as a recipe's rules want it learned."""
        return conversation

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        """The chat template that is saved with the model, if there is one.

        `defaults` are values of its variables where a client names none.
        """
        return None

    def notes(self) -> list[str]:
        """What a person should know of it before training."""
        return []

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


def said(pieces: Iterable[Piece]) -> str:
    """The data's words among learned pieces."""
    return "".join(piece.text for piece in pieces if piece.learn and not piece.control)
