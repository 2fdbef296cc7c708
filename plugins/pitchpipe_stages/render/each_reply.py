"""Each reply as an example of its own, for models whose encoder reads all that stands before it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.template import Piece
from pitchpipe_stages.render.rules import Ruled
from pitchpipe_stages.render.writing import ChatTemplates, Writer, Writings, only, wanted

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

PARTS = "only parts of this reply are learned: a decoder learns a reply whole"
NOTE = (
    "this tokenizer writes no line breaks and no other white space than single spaces: in replies, spaces"
    " stand in their place"
)


class EachReply(Writer):
    """A template whose conversations become as many examples as they have replies to learn."""

    takes_documents = False

    def __init__(self, writer: Ruled, plain: "Plain | None" = None):
        if writer.rules.learn == "everything":
            raise PitchpipeError(
                "template: learn: everything leaves an encoder nothing to read: an encoder-decoder model"
                " learns replies. Take it out."
            )
        self.writer, self.plain = writer, plain
        self.stop, self.stops, self.tokens = writer.stop, writer.stops, writer.tokens

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        return self.writer(conversation)

    def whole(self, conversation: Conversation) -> Iterable[Piece]:
        return self.writer.whole(conversation)

    def written(self, conversation: Conversation) -> Writings:
        conversation = self.edited(conversation)
        found = Writings([])
        replies = wanted(conversation)
        for reply in replies:
            try:
                alone = self._alone(conversation, reply)
                one = self.writer.written(alone if len(replies) > 1 else replace(alone, id=conversation.id))
            except Quarantine as reason:
                found.missed[reply] = str(reason)
                continue
            found.examples += one.examples
            found.missed |= one.missed
            found.notes = tuple(dict.fromkeys((*found.notes, *one.notes)))
        if found.missed and not found.examples:
            raise Quarantine(next(iter(found.missed.values())))
        return found

    def _alone(self, conversation: Conversation, reply: int) -> Conversation:
        if len(conversation.messages[reply].marked_words(True)) > 1:
            raise Quarantine(PARTS)
        return self._writable(only(conversation, reply), reply)

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        return self.writer.asked(self._writable(conversation, reply), reply)

    def _writable(self, conversation: Conversation, reply: int) -> Conversation:
        """The reply in words that the tokenizer can write."""
        if not self.plain:
            return conversation
        messages = list(conversation.messages)
        messages[reply] = replace(messages[reply], content=self.plain(messages[reply].content))
        return replace(conversation, messages=tuple(messages))

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        return self.writer.awaited(conversation, variables)

    def edited(self, conversation: Conversation) -> Conversation:
        return self.writer.edited(conversation)

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        return self.writer.jinja(bos, eos, defaults)

    def notes(self) -> list[str]:
        return [*self.writer.notes(), *[NOTE] * bool(self.plain)]

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> "EachReply":
        return EachReply(self.writer.fit(tokenizer), Plain.of(tokenizer.backend_tokenizer))

    @property
    def serving(self) -> "EachReply":
        return EachReply(self.writer.serving, self.plain)


class Plain:
    """Words as a tokenizer writes them that knows no other white space than single spaces, as T5's."""

    def __init__(self, core: "Tokenizer"):
        self.normalizer = core.normalizer

    @classmethod
    def of(cls, core: "Tokenizer") -> "Plain | None":
        """Nothing where a tokenizer writes line breaks."""
        ids = core.encode("a\nb", add_special_tokens=False).ids
        return None if "\n" in core.decode(ids, skip_special_tokens=False) else cls(core)

    def __call__(self, text: str) -> str:
        normal = self.normalizer.normalize_str(text) if self.normalizer else text
        return " ".join(normal.replace("\u2581", " ").split())  # SentencePiece's sign for a space
