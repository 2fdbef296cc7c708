"""What generators are given, and the conversations that they give back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from msgspec import Struct

from pitchpipe.host.contracts import Reply
from pitchpipe.records.conversation import Conversation, Json, Message, content_id, replace
from pitchpipe.records.verdict import Drop

_FIELD = re.compile(r"\{([a-z_]+)\}")


class Made(Struct, frozen=True):
    """A conversation that a generator made, and how. One with a `drop` is explained, and goes no further."""

    conversation: Conversation
    operator: str = ""  # the way in which it was made, where the generator knows several
    round: int = 0
    parents: tuple[str, ...] = ()  # ids of what it was made of, beside its source
    drop: Drop | None = None

    @property
    def id(self) -> str:
        return self.conversation.id


def made(
    instruction: str = "",
    output: str = "",
    *,
    input: str = "",
    messages: Sequence[Message] = (),
    category: str = "",
    operator: str = "",
    round: int = 0,
    parents: Sequence[str] = (),
    drop: Drop | None = None,
    **meta: object,
) -> Made:
    """What a generator yields: an instruction with its output, or without one yet; or whole `messages`."""
    asked = (Message("user", instruction, input),) if instruction or input else ()
    said = (Message("assistant", output),) if output else ()
    conversation = Conversation((*asked, *messages, *said), category, meta=dict(meta))
    named = replace(conversation, id=content_id(conversation))
    return Made(named, operator, round, tuple(parents), drop)


def fill(prompt: str, **fields: str) -> str:
    """A prompt with its fields, as {text}, filled in. Braces in what is filled in stay as they are."""
    unknown = fields.keys() - set(_FIELD.findall(prompt))
    if unknown:
        raise ValueError(f"the prompt has no field {{{min(unknown)}}}")
    return _FIELD.sub(lambda found: fields.get(found[1], found[0]), prompt)


class Unanswered(Exception):
    """Raised where a question has no whole reply: it was cut, refused, failed or never sent. A generator
    that does not catch it makes no more of its source."""

    def __init__(self, reply: Reply):
        super().__init__(reply.problem or reply.end)
        self.reply = reply


class Asking(Protocol):
    """Asks the generator's teacher, for one source. `random` is the same in every run. A reply is whole:
    any other raises Unanswered. `nth` tells equal questions apart that want replies of their own. `operator`
    may be set to what the questions that follow are about: those without a reply are counted there too. With
    `raw` the prompt is a text to go on with: the generator says `needs_teacher = ("raw",)`; so "logprobs".
    """

    random: Random
    operator: str

    async def __call__(
        self, prompt: str | Sequence[Json], /, *, nth: int = 0, max_tokens: int = 1024,
        temperature: float = 0.7, top_p: float = 1.0, schema: Json | None = None,
        raw: bool = False, stop: Sequence[str] = (), logprobs: bool = False,
    ) -> Reply: ...  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """What a draft may draw from: the seeds, and what was admitted before it."""

    seeds: Sequence[Conversation]
    made: Sequence[Conversation]
