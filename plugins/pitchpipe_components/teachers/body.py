"""A question as OpenAI's protocol says it: the path and the parameters of a request."""

from typing import Any, Literal

import pitchpipe as pp
from pitchpipe_components.wire.address import CHAT, RAW

Schema = Literal[
    "json_schema", "object_with_schema", "json_object", "structured_outputs", "guided_json", "none"
]
Said = dict[str, Any]


def path_of(ask: pp.Ask) -> str:
    return RAW if ask.raw else CHAT


def parameters(ask: pp.Ask, model: str, most: str, thinking: int, schema: Schema) -> Said:
    """What is sent. `most` is the server's name for the most tokens of a reply."""
    asked: Said = {"prompt": ask.raw} if ask.raw else {"messages": list(ask.messages)}
    said = {"model": model, **asked, "max_tokens" if ask.raw else most: ask.max_tokens + thinking}
    said |= {"temperature": ask.temperature} | ({"top_p": ask.top_p} if ask.top_p != 1 else {})
    said |= {"stop": list(ask.stop)} if ask.stop else {}
    if ask.logprobs:
        said["logprobs"] = 1 if ask.raw else True
    return said | (_form(ask.schema, schema) if ask.schema else {})


def _form(schema: Said, how: Schema) -> Said:
    """How servers are told the form of a reply, each as its documentation says."""
    forms: dict[Schema, Said] = {
        "json_schema": _format(
            "json_schema", json_schema={"name": "reply", "strict": True, "schema": schema}
        ),
        "object_with_schema": _format("json_object", schema=schema),  # llama.cpp, Together, Fireworks
        "json_object": _format("json_object"),  # DeepSeek, many others
        "structured_outputs": {"structured_outputs": {"json": schema}},  # vLLM from 0.12
        "guided_json": {"guided_json": schema},  # vLLM before
        "none": {},
    }
    return forms[how]


def _format(kind: str, **more: Any) -> Said:
    return {"response_format": {"type": kind, **more}}
