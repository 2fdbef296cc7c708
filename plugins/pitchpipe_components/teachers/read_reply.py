"""What a server's answer means: a reply, a refusal, a reason to try again, or one to stop."""

import json
from typing import Any

import pitchpipe as pp
from pitchpipe_components.teachers.choice import of_llama, reply_in, usage_in
from pitchpipe_components.teachers.refusals import Whom, refused
from pitchpipe_components.teachers.wire import Response
from pitchpipe_components.wire.errors import code_of, short


def reply_of(response: Response, asked: Whom) -> pp.Reply:
    """The reply, or an exception."""
    data = _json(response.body)
    if response.status != 200:
        return refused(response.status, response, data, asked)
    if not isinstance(data, dict):
        raise _no_json(response.body, asked.url)
    if asked.raw and "choices" not in data and isinstance(data.get("content"), str):
        data = of_llama(data)
    choices, model = data.get("choices"), data.get("model")
    if not choices and (data.get("error") or data.get("object") == "error"):
        status = code_of(data)
        return refused(status if isinstance(status, int) else 500, response, data, asked)
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise pp.AskAgain("the server gave no choices")
    return reply_in(choices[0], model if isinstance(model, str) else "", usage_in(data))


def _no_json(body: str, url: str) -> pp.AskAgain:
    if body.lstrip()[:1] == "<":
        return pp.AskAgain(f"{url} answers with a web page. Does the url end with /v1?", free=True)
    return pp.AskAgain(f"the reply was cut off, or is no JSON: {short(body)!r}")


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
