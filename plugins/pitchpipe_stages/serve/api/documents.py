"""What /docs shows: each route with its parameters, an example, and a button that tries it.

The page is one file without anything from another server, so that it works where there is no network.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.api.parameters import (
    ChatParameters,
    FeedbackParameters,
    InstructionParameters,
    TextParameters,
)

_PAGE = Path(__file__).with_name("docs.html")


@cache
def docs_page() -> str:
    return _PAGE.read_text("utf-8")


def _documented(kind: type[msgspec.Struct], summary: str, tag: str, example: Json) -> Json:
    """What FastAPI is told of a route that reads its body itself."""
    schema = _plain(kind)
    content = {"application/json": {"schema": schema, "example": example}}
    return {
        "summary": summary,
        "tags": [tag],
        "openapi_extra": {"requestBody": {"required": True, "content": content}},
        "responses": {400: {"description": "refused, with what is wrong"}, 429: {"description": "no room"}},
    }


def _plain(kind: type[msgspec.Struct]) -> Any:
    """The schema of parameters, without references."""
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="{name}")

    def put_in(value: Any) -> Any:
        if isinstance(value, dict):
            named = put_in(parts[value["$ref"]]) if "$ref" in value else {}
            return named | {key: put_in(one) for key, one in value.items() if key != "$ref"}
        return [put_in(one) for one in value] if isinstance(value, list) else value

    return put_in(schema)


NAME_IN_PATH: Json = {
    "parameters": [{"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}]
}
CHAT_DOCS = _documented(
    ChatParameters, "The reply to a conversation", "answers",
    {"model": "", "messages": [{"role": "user", "content": "Name three colours."}], "max_tokens": 64},
)  # fmt: skip
TEXT_DOCS = _documented(
    TextParameters, "A text that goes on", "answers",
    {"model": "", "prompt": "Once upon a time", "max_tokens": 64},
)  # fmt: skip
GENERATE_DOCS = _documented(
    InstructionParameters, "The response to an instruction", "answers",
    {"instruction": "Name three colours.", "max_tokens": 256, "temperature": 0.7},
)  # fmt: skip
FEEDBACK_DOCS = _documented(
    FeedbackParameters, "What you think of an answer", "feedback",
    {"id": "chatcmpl-...", "rating": 1},
)  # fmt: skip
