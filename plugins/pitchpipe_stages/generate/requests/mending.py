"""A reply that must follow a schema: checked here, whatever the teacher promises, and asked for once more."""

import json
from dataclasses import replace

import msgspec

from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.host.making import fill
from pitchpipe_stages.generate.requests.schema import json_of

AGAIN = (
    "This is not what was asked for: {problem}. Answer with JSON alone that follows this schema, and nothing"
    " around it:\n{schema}"
)


def checked_reply(ask: Ask, reply: Reply) -> tuple[Reply, Ask | None]:
    """The reply, its JSON alone; where it breaks the schema, one that failed, and what to ask then."""
    if ask.schema is None or reply.end != "stop":
        return reply, None
    text, problem = json_of(reply.text, ask.schema)
    if not problem:
        return msgspec.structs.replace(reply, text=text), None
    failed = msgspec.structs.replace(reply, end="failed", problem=f"against its schema: {problem}")
    if ask.raw:
        return failed, None  # a text has no turns in which to ask again
    words = fill(AGAIN, problem=problem, schema=json.dumps(ask.schema, ensure_ascii=False))
    turns = [{"role": "assistant", "content": reply.text}, {"role": "user", "content": words}]
    return failed, replace(ask, messages=[*ask.messages, *turns])
