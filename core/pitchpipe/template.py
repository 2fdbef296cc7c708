"""Templates: how a conversation is written as text, with the loss mask born beside each piece."""

from collections.abc import Iterator
from dataclasses import dataclass

from pitchpipe.conversation import Conversation, Message
from pitchpipe.errors import Quarantine

BOS, EOS = "{bos}", "{eos}"
Around = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `learn`: it counts in the loss. `control`: it is the template's own."""

    text: str
    learn: bool = False
    control: bool = False


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

    def __call__(self, conversation: Conversation) -> Iterator[Piece]:
        messages = conversation.messages
        yield Piece(self.begin, control=True)
        if messages and messages[0].role != "system":
            yield Piece(self.preamble_with_context if messages[0].context else self.preamble, control=True)
        for message in messages:
            yield from self._turn(message)

    def _turn(self, message: Message) -> Iterator[Piece]:
        if message.tool_calls or message.reasoning:
            raise Quarantine("this template cannot write tool calls or reasoning")
        around = getattr(self, message.role, None)
        if around is None:
            raise Quarantine(f"this template has no place for a message of role {message.role!r}")
        before, after = around
        learn = message.learn if message.learn is not None else message.role == "assistant"
        yield Piece(before, control=True)
        yield Piece(self._words(message.content), learn=learn)
        if message.context:
            yield Piece(self.context[0], control=True)
            yield Piece(self._words(message.context), learn=learn)
            yield Piece(self.context[1], control=True)
        if message.role == "assistant":
            cut = after.index(self.stop) + len(self.stop)
            yield Piece(after[:cut], learn=learn, control=True)
            after = after[cut:]
        yield Piece(after, control=True)

    def _words(self, text: str) -> str:
        return text.strip() if self.trim else text

    def jinja(self, bos: str, eos: str) -> str:
        """The chat template that is saved with the model: it renders what `__call__` yields."""

        def write(text: str) -> str:
            text = text.replace(BOS, bos).replace(EOS, eos)
            for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
                text = text.replace(plain, escaped)
            return "{{ '" + text + "' }}" if text else ""

        def words(key: str) -> str:
            return f"{{{{ message['{key}']{' | trim' if self.trim else ''} }}}}"

        def turn(around: Around) -> str:
            context = f"{write(self.context[0])}{words('context')}{write(self.context[1])}"
            context = "{% if message.get('context') %}" + context + "{% endif %}"
            return write(around[0]) + words("content") + context + write(around[1])

        roles = {"system": self.system, "user": self.user, "assistant": self.assistant}
        cases = "{% el".join(
            f"if message['role'] == '{role}' %}}{turn(around)}" for role, around in roles.items() if around
        )
        opening = (
            "{% if messages and messages[0]['role'] != 'system' %}{% if messages[0].get('context') %}"
            f"{write(self.preamble_with_context)}{{% else %}}{write(self.preamble)}{{% endif %}}{{% endif %}}"
        )
        return (
            f"{write(self.begin)}{opening if self.preamble else ''}{{% for message in messages %}}{{% {cases}"
            "{% else %}{{ raise_exception('no place for a message of role ' + message['role']) }}"
            "{% endif %}{% endfor %}"
            f"{{% if add_generation_prompt %}}{write(self.assistant[0])}{{% endif %}}"
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
) -> Turns:
    """A template from what stands before and after each role's words.

    `{bos}` and `{eos}` become the tokenizer's own; `{bos}` only where the tokenizer begins every text
    with it. `stop` must stand in what follows a reply: it is learned, what comes after it is not.
    `tokens` names the control tokens. `preamble` is said where a conversation has no system message.
    """
    if stop not in assistant[1]:
        raise ValueError(f"the stop token {stop!r} must stand in what follows a reply, not {assistant[1]!r}")
    preamble_with_context = preamble_with_context or preamble
    return Turns(system, user, assistant, context, begin, stop, tokens, preamble, preamble_with_context, trim)
