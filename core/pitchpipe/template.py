"""Templates: how a conversation is written as text, with the loss mask born beside each piece."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from msgspec import Struct

from pitchpipe.conversation import Conversation, Message, Parts
from pitchpipe.errors import Quarantine

BOS, EOS = "{bos}", "{eos}"
Around = tuple[str, str]


class Piece(Struct, frozen=True, gc=False):
    """A stretch of text. `learn`: it counts in the loss. `control`: it is the template's own."""

    text: str
    learn: bool = False
    control: bool = False


def extend(stretches: list[tuple[int, int]], start: int, end: int) -> None:
    """Learned text that goes on is one stretch: a token may lie across its pieces."""
    if stretches and stretches[-1][1] == start:
        stretches[-1] = (stretches[-1][0], end)
    else:
        stretches.append((start, end))


def trimmed(parts: Parts) -> Parts:
    """Parts of a text without the white space at its ends."""
    whole = "".join(text for text, _ in parts)
    start, end, at = len(whole) - len(whole.lstrip()), len(whole.rstrip()), 0
    found = []
    for text, learn in parts:
        found.append((text[max(start - at, 0) : max(end - at, 0)], learn))
        at += len(text)
    return tuple(found)


@dataclass(frozen=True)
class Calls:
    """How tools are written, as parts of a Jinja chat template.

    `declare` writes `tools`: in a system turn of its own, which takes in the system message; or in the
    first user turn, before its words; or ahead of that turn. `call` writes a reply that calls, between what
    stands before and after a reply; `result` a message of role tool. `ends` is how a result ends, for
    templates that write nothing before a reply.
    """

    declare: str
    where: str  # system, user or ahead
    call: str
    result: str
    ends: str = ""


@dataclass(frozen=True)
class Turns:
    """A template as data: what stands before and after each role's words. Made by `turns`."""

    system: Around | None
    user: Around
    assistant: Around
    context: Around
    begin: str
    stop: str
    tokens: tuple[str, ...]
    preamble: str
    preamble_with_context: str
    trim: bool
    lead: str = ""
    fold: Around | None = None
    think: Around | None = None
    calls: Calls | None = None
    reasoning: str = "last"

    def __call__(self, conversation: Conversation) -> list[Piece]:
        messages = conversation.messages
        if conversation.tools:
            return self._by_chat_template(conversation)
        pieces = [Piece(self.begin, control=True)]
        if messages and messages[0].role != "system":
            preamble = self.preamble_with_context if messages[0].context else self.preamble
            pieces.append(Piece(preamble, control=True))
        held = None
        if self.fold and messages and messages[0].role == "system":
            held, messages = messages[0], messages[1:]
        for message in messages:
            if message.tool_calls or message.reasoning or message.role == "tool":
                return self._by_chat_template(conversation)
            if held and message.role == "user":
                self._turn(pieces, message, held)
                held = None
            else:
                self._turn(pieces, message)
        if held:
            raise Quarantine("this template writes a system message in a user's turn, and there is none")
        return pieces

    def with_reasoning(self, rule: str) -> "Turns":
        """The same template, whose replies hold their reasoning by another rule."""
        return self if rule == self.reasoning else replace(self, reasoning=rule)

    def jinja(self, bos: str, eos: str, markers: bool = False) -> str:
        """The chat template that is saved with the model: it renders what `__call__` yields.

        `markers` puts what is learned between the tags that Transformers makes its masks from. Other servers
        know no such tags.
        """
        from pitchpipe.chat_template import Writer

        return Writer(self, bos, eos, markers).source()

    def _turn(self, pieces: list[Piece], message: Message, held: Message | None = None) -> None:
        around = self._around.get(message.role)
        if around is None:
            raise Quarantine(f"this template has no place for a message of role {message.role!r}")
        parts = message.parts(message.role == "assistant")
        pieces += around[parts[0][1]][0]
        if held and self.fold:
            pieces.append(Piece(self.fold[0], control=True))
            pieces.append(Piece(self._words(held.content), learn=bool(held.learn)))
            pieces.append(Piece(self.fold[1], control=True))
        pieces += [Piece(text, learn) for text, learn in (trimmed(parts) if self.trim else parts)]
        learn = parts[-1][1]
        if message.context:
            pieces.append(Piece(self.context[0], control=True))
            pieces.append(Piece(self._words(message.context), learn=learn))
            pieces.append(Piece(self.context[1], control=True))
        pieces += around[learn][1]

    @cached_property
    def _around(self) -> dict[str, tuple[tuple[list[Piece], list[Piece]], ...]]:
        """What stands before and after each role's words: where they are not learned, and where they are."""
        found = {}
        for role, turn in (("system", self.system), ("user", self.user), ("assistant", self.assistant)):
            if turn:
                found[role] = tuple(self._own_words(role, *turn, learn) for learn in (False, True))
        return found

    def _own_words(self, role: str, before: str, after: str, learn: bool) -> tuple[list[Piece], list[Piece]]:
        """The end of a learned reply is learned, and what it begins with."""
        if role != "assistant":
            return [Piece(before, control=True)], [Piece(after, control=True)]
        cut = after.index(self.stop) + len(self.stop)
        lead = [Piece(self.lead, learn, True)] if self.lead else []
        return [Piece(before, control=True), *lead], [
            Piece(after[:cut], learn, True),
            Piece(after[cut:], control=True),
        ]

    def _words(self, text: str) -> str:
        return text.strip() if self.trim else text

    def _by_chat_template(self, conversation: Conversation) -> list[Piece]:
        """Tools and reasoning are written by the chat template itself: it is their one source."""
        if not self.calls and (conversation.tools or any(m.tool_calls for m in conversation.messages)):
            raise Quarantine("this template cannot write tools")
        if not self.calls and any(m.role == "tool" for m in conversation.messages):
            raise Quarantine("this template has no place for a message of role 'tool'")
        if not self.think and any(m.reasoning for m in conversation.messages):
            raise Quarantine("this template cannot write reasoning; `reasoning: strip` leaves it out")
        return self._chat_template.pieces(conversation)

    @cached_property
    def _chat_template(self) -> Any:
        from pitchpipe.jinja import ChatTemplate

        asked = (self.user[1], *([self.calls.ends] if self.calls and self.calls.ends else []))
        return ChatTemplate(
            self.jinja(BOS, EOS), stop=self.stop, opening=self.assistant[0], asked=asked, context_apart=True
        )


def turns(
    *,
    user: Around,
    assistant: Around,
    system: Around | None = None,
    context: Around = ("\n\n", ""),
    begin: str = BOS,
    stop: str = EOS,
    tokens: tuple[str, ...] = (),
    preamble: str = "",
    preamble_with_context: str = "",
    trim: bool = False,
    lead: str = "",
    fold: Around | None = None,
    think: Around | None = None,
    calls: Calls | None = None,
) -> Turns:
    """A template from what stands before and after each role's words.

    `{bos}` and `{eos}` become the tokenizer's own; `{bos}` only where the tokenizer begins every text
    with it. `stop` must stand in what follows a reply: it is learned, what comes after it is not.
    `tokens` names the control tokens. `preamble` is said where a conversation has no system message.
    `trim` takes white space from both ends of what people say. `lead` is what a reply begins with: a server's
    prompt ends before it, so it is learned. `fold` writes the system message in the first user turn, between
    these two. `think` stands around a reply's reasoning, `calls` writes tools.
    """
    if stop not in assistant[1]:
        raise ValueError(f"the stop token {stop!r} must stand in what follows a reply, not {assistant[1]!r}")
    if fold and system:
        raise ValueError("a system message has a turn of its own or stands in the user's: `system` or `fold`")
    preamble_with_context = preamble_with_context or preamble
    return Turns(
        system, user, assistant, context, begin, stop, tuple(tokens), preamble, preamble_with_context, trim,
        lead, fold, think, calls,
    )  # fmt: skip
