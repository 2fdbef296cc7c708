"""Templates as data: what stands around each role's words, or the Jinja source of a chat template."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

BOS, EOS = "{bos}", "{eos}"  # in a template's own text: the tokenizer's own
Around = tuple[str, str]  # what stands before and after words


class Piece(Struct, frozen=True, gc=False):
    """A stretch of text. `learn`: the loss counts it. `control`: it is the template's own, not data."""

    text: str
    learn: bool = False
    control: bool = False


@dataclass(frozen=True)
class ToolCalls:
    """How a template writes tools, as parts of a Jinja chat template.

    `declare` writes `tools`, and `where` says in which place: in a system turn ("system"), which takes in
    the system message, in the first user turn ("user"), or before that turn ("ahead"). `call` writes a reply
    that calls, between what stands before and after a reply; `result` writes a message of role tool. `ends`
    is the end of a result, for templates that write nothing before a reply.
    """

    declare: str
    where: str
    call: str
    result: str
    ends: str = ""


@dataclass(frozen=True, kw_only=True)
class Turns:
    """A template from what stands before and after each role's words: `pp.turns(...)`.

    `{bos}` and `{eos}` become the tokenizer's own; `{bos}` only where the tokenizer begins every text with
    it. `stop` must stand in what follows a reply: it is learned, what comes after it is not. `tokens` names
    the control tokens. `preamble` is written where a conversation has no system message. `trim` removes white
    space from both ends of people's words. Every reply begins with `lead`: a server's prompt ends before it,
    so it is learned. `fold` writes the system message in the first user turn, between these two. `think`
    stands around a reply's reasoning, `calls` writes tools.
    """

    user: Around
    assistant: Around
    system: Around | None = None
    context: Around = ("\n\n", "")
    begin: str = BOS
    stop: str = EOS
    tokens: tuple[str, ...] = ()
    preamble: str = ""
    preamble_with_context: str = ""
    trim: bool = False
    lead: str = ""
    fold: Around | None = None
    think: Around | None = None
    calls: ToolCalls | None = None

    def __post_init__(self) -> None:
        if self.stop not in self.assistant[1]:
            raise ValueError(
                f"the stop token {self.stop!r} must stand in what follows a reply, not {self.assistant[1]!r}"
            )
        if self.fold and self.system:
            raise ValueError(
                "a system message has a turn of its own or stands in the user's: `system` or `fold`"
            )
        if not self.preamble_with_context:
            object.__setattr__(self, "preamble_with_context", self.preamble)


turns = Turns


@dataclass(frozen=True)
class JinjaTemplate:
    """A chat template in Jinja, as models carry it. It is saved with the tuned model as it is.

    `variables` are values that the source knows by these names. Without a `stop`, the first control token
    after a reply ends it.
    """

    source: str
    stop: str = ""
    variables: Mapping[str, object] = field(default_factory=dict)


def chat_template(
    source: str, *, stop: str = "", variables: Mapping[str, object] | None = None
) -> JinjaTemplate:
    """A template from the Jinja source of a chat template."""
    return JinjaTemplate(source, stop, dict(variables or {}))


def jinja_text(text: str) -> str:
    """Jinja that writes this text."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return "{{ '" + text + "' }}" if text else ""
