"""A conversation between a person and a model: what was asked, and what was answered."""

from dataclasses import dataclass, field

from pitchpipe.records.conversation import Conversation, Message, replace
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.generate.speaking import Settings, Speech, stream
from pitchpipe_stages.render.messages import IN_WORDS


@dataclass
class Exchange:
    """A question, and its answer."""

    question: str
    speech: Speech

    @property
    def messages(self) -> tuple[Message, Message]:
        """A reply that was cut teaches no end."""
        reply = self.speech.message
        return Message("user", self.question), replace(reply, learn=False) if self.cut else reply

    @property
    def cut(self) -> bool:
        return self.speech.end is None


@dataclass
class Talk:
    """All exchanges so far; the whole conversation goes along with each question."""

    model: OpenedModel
    settings: Settings
    system: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    asked: int = 0  # answers so far, each with a seed of its own

    def conversation(self, question: str | None = None) -> Conversation:
        """What was said, and the question that comes next."""
        messages = [Message("system", self.system)] if self.system else []
        messages += [message for exchange in self.exchanges for message in exchange.messages]
        messages += [Message("user", question)] if question is not None else []
        thinks = any(message.reasoning for message in messages)
        return Conversation(tuple(messages), meta={IN_WORDS: True} if thinks else {})

    def before_last(self) -> Conversation:
        """The conversation up to its last question."""
        whole = self.conversation()
        return replace(whole, messages=whole.messages[:-1])

    def ask(self, question: str) -> Speech:
        """The answer to a question, to be listened to; it is not kept yet."""
        speech = stream(self.model, self.conversation(question), self.next_settings())
        self.asked += 1
        return speech

    def next_settings(self) -> Settings:
        return self.settings.reseeded(self.settings.seed + self.asked)
