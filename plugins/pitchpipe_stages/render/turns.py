"""Turns, written: what stands around each role's words, with the loss mask born beside each piece."""

from collections.abc import Mapping
from functools import cached_property

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe.records.template import BOS, EOS, Piece, Turns
from pitchpipe_stages.render.asker import Asker
from pitchpipe_stages.render.by_reply import ByReply
from pitchpipe_stages.render.chat_template import ChatTemplate
from pitchpipe_stages.render.marking import any_of, trimmed
from pitchpipe_stages.render.messages import IN_WORDS, Serving
from pitchpipe_stages.render.turns_to_jinja import JinjaSource
from pitchpipe_stages.render.writing import Writer, Writings

AroundPieces = tuple[list[Piece], list[Piece]]  # before and after a role's words


class TurnsWriter(Writer):
    """Writes turns. Tools and reasoning are written by the chat template itself: it is their one source."""

    def __init__(self, turns: Turns, reasoning: str = "last"):
        self.turns, self.reasoning = turns, reasoning
        self.stop, self.tokens = turns.stop, turns.tokens

    def __call__(self, conversation: Conversation) -> list[Piece]:
        turns, messages = self.turns, conversation.messages
        if self._needs_more(conversation):
            return self._by_chat_template(conversation)(conversation)
        pieces = [Piece(turns.begin, control=True)]
        if messages and messages[0].role != "system":
            preamble = turns.preamble_with_context if messages[0].context else turns.preamble
            pieces.append(Piece(preamble, control=True))
        held = None
        if turns.fold and messages and messages[0].role == "system":
            held, messages = messages[0], messages[1:]
        for message in messages:
            if held and message.role == "user":
                self._turn(pieces, message, held)
                held = None
            else:
                self._turn(pieces, message)
        if held:
            raise Quarantine("this template writes a system message in a user's turn, and there is none")
        return pieces

    def whole(self, conversation: Conversation) -> list[Piece]:
        if self._needs_more(conversation):
            return self._by_chat_template(conversation).whole(conversation)
        return self(conversation)

    def written(self, conversation: Conversation) -> Writings:
        if self._needs_more(conversation):
            return self._by_chat_template(conversation).written(conversation)
        return super().written(conversation)

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        if self._needs_more(conversation):
            return self._by_chat_template(conversation).asked(conversation, reply)
        return super().asked(conversation, reply)

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        if self._needs_more(conversation):
            return self._by_chat_template(conversation).awaited(conversation, variables)
        return super().awaited(conversation, variables)

    def with_reasoning(self, rule: str) -> Writer:
        return self if rule == self.reasoning else TurnsWriter(self.turns, rule)

    @property
    def keeps_reasoning(self) -> bool:
        return True

    def jinja(
        self, bos: str, eos: str, defaults: Mapping[str, object] | None = None, markers: bool = False
    ) -> str:
        """The chat template that renders what this writes. It has no variables.

        `markers` puts what is learned between the tags that Transformers makes its masks from. Other servers
        know no such tags.
        """
        return JinjaSource(self.turns, self.reasoning, bos, eos, markers).source()

    def _turn(self, pieces: list[Piece], message: Message, held: Message | None = None) -> None:
        around = self._around.get(message.role)
        if around is None:
            raise Quarantine(f"this template has no place for a message of role {message.role!r}")
        parts = message.marked_words(message.role == "assistant")
        pieces += around[parts[0][1]][0]
        if held and self.turns.fold:
            pieces.append(Piece(self.turns.fold[0], control=True))
            pieces.append(Piece(self._words(held.content), learn=bool(held.learn)))
            pieces.append(Piece(self.turns.fold[1], control=True))
        pieces += [Piece(text, learn) for text, learn in (trimmed(parts) if self.turns.trim else parts)]
        learn = parts[-1][1]
        if message.context:
            pieces.append(Piece(self.turns.context[0], control=True))
            pieces.append(Piece(self._words(message.context), learn=learn))
            pieces.append(Piece(self.turns.context[1], control=True))
        pieces += around[learn][1]

    @cached_property
    def _around(self) -> dict[str, tuple[AroundPieces, AroundPieces]]:
        """What stands around each role's words: where they are not learned, and where they are."""
        turns = self.turns
        roles = (("system", turns.system), ("user", turns.user), ("assistant", turns.assistant))
        return {
            role: (self._own_words(role, *turn, False), self._own_words(role, *turn, True))
            for role, turn in roles
            if turn
        }

    def _own_words(self, role: str, before: str, after: str, learn: bool) -> AroundPieces:
        """The end of a learned reply is learned, and what it begins with."""
        if role != "assistant":
            return [Piece(before, control=True)], [Piece(after, control=True)]
        cut = after.index(self.stop) + len(self.stop)
        lead = [Piece(self.turns.lead, learn, True)] if self.turns.lead else []
        return [Piece(before, control=True), *lead], [
            Piece(after[:cut], learn, True),
            Piece(after[cut:], control=True),
        ]

    def _words(self, text: str) -> str:
        return text.strip() if self.turns.trim else text

    def _needs_more(self, conversation: Conversation) -> bool:
        """Is there more than words, which the chat template alone writes?"""
        return bool(conversation.tools) or any(
            m.tool_calls or m.reasoning or m.role == "tool" for m in conversation.messages
        )

    def _by_chat_template(self, conversation: Conversation) -> ByReply:
        calls, messages = self.turns.calls, conversation.messages
        if not calls and (conversation.tools or any(m.tool_calls for m in messages)):
            raise Quarantine("this template cannot write tools")
        if not calls and any(m.role == "tool" for m in messages):
            raise Quarantine("this template has no place for a message of role 'tool'")
        if (
            not self.turns.think
            and not conversation.meta.get(IN_WORDS)
            and any(m.reasoning for m in messages)
        ):
            raise Quarantine("this template cannot write reasoning: `reasoning: strip` leaves it out")
        return self._by_reply

    @cached_property
    def _by_reply(self) -> ByReply:
        turns = self.turns
        serving = Serving(context_apart=True, thought_apart=bool(turns.think))
        tokens = any_of((turns.stop, *turns.tokens))
        return ByReply(Asker(ChatTemplate(self.jinja(BOS, EOS)), (turns.stop,), tokens, (serving,)))
