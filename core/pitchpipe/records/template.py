"""Templates as data: the text around each role's words, or the Jinja source of a chat template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from msgspec import Struct

BOS, EOS = "{bos}", "{eos}"  # in a template's own text: the tokenizer's own
Around = tuple[str, str]  # what stands before and after words


class Piece(Struct, frozen=True, gc=False):
    """A part of a conversation's text."""

    text: str
    learn: bool = False  # the loss counts it
    control: bool = False  # the template's own text, not data


@dataclass(frozen=True)
class ToolCalls:
    """How a template writes tools, as parts of a Jinja chat template."""

    declare: str  # writes `tools`
    where: str  # of `declare`: in a "system" turn, in the first "user" turn, or "ahead" of that turn
    call: str  # writes a reply that calls, between the text before and after a reply
    result: str  # writes a message of role tool
    ends: str = ""  # the end of a result, for templates that write nothing before a reply


@dataclass(frozen=True, kw_only=True)
class Turns:
    """A template from the text before and after each role's words. `{bos}` and `{eos}` become the tokenizer's
    own; `{bos}` becomes nothing where the tokenizer begins no text with it."""

    data_of: ClassVar = "template"  # components of this kind may be data
    user: Around
    assistant: Around
    system: Around | None = None
    context: Around = ("\n\n", "")
    begin: str = BOS
    stop: str = EOS  # in the text after a reply: the loss counts it, and nothing after it
    tokens: tuple[str, ...] = ()  # control tokens
    preamble: str = ""  # stands where a conversation has no system message
    preamble_with_context: str = ""
    trim: bool = False  # removes white space from both ends of people's words
    lead: str = ""  # begins every reply; learned, because a server's prompt ends before it
    fold: Around | None = None  # around the system message in the first user turn
    think: Around | None = None  # around a reply's reasoning
    calls: ToolCalls | None = None

    def __post_init__(self) -> None:
        if self.stop not in self.assistant[1]:
            place = f"in what follows a reply, not {self.assistant[1]!r}"
            raise ValueError(f"the stop token {self.stop!r} must stand {place}")
        if self.fold and self.system:
            how = "has a turn of its own or stands in the user's"
            raise ValueError(f"a system message {how}: `system` or `fold`")
        if not self.preamble_with_context:
            object.__setattr__(self, "preamble_with_context", self.preamble)


turns = Turns


@dataclass(frozen=True)
class JinjaTemplate:
    """A chat template in Jinja, or several by name, as models carry them: `default` and `tool_use`."""

    data_of: ClassVar = "template"
    source: str | Mapping[str, str]
    stop: str = ""  # without one, the first control token after a reply ends it
    variables: Mapping[str, object] = field(default_factory=dict)  # values that the source knows by name
    day: str = ""  # what the clock says, as 2024-07-26


chat_template = JinjaTemplate


def jinja_text(text: str) -> str:
    """Jinja that writes this text."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return "{{ '" + text + "' }}" if text else ""
