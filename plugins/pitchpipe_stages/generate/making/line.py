"""A line of rows.jsonl: a conversation that was made, and how."""

from msgspec import Struct

from pitchpipe.host.making import Made
from pitchpipe.records.conversation import Json


class MadeBy(Struct, omit_defaults=True):
    """How a conversation was made."""

    generator: str
    teacher: str
    asked_model: str
    asks: list[str]  # keys in the record of requests
    parents: list[str]
    operator: str = ""
    round: int = 0


class MadeLine(Struct, omit_defaults=True):
    """A row, as the format `made` reads it."""

    id: str
    messages: list[Json]
    made: MadeBy
    group: str = ""
    category: str = ""
    meta: Json = {}


def line_of(made: Made, by: MadeBy, group: str) -> MadeLine:
    spoken = [_turn(message.role, message.content, message.context) for message in made.conversation.messages]
    return MadeLine(made.id, spoken, by, group, made.conversation.category, made.conversation.meta)


def _turn(role: str, content: str, context: str) -> Json:
    return {"role": role, "content": content} | ({"context": context} if context else {})
